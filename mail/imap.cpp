#include "mail/imap.h"

#include <algorithm>

#include "mail/curl_session.h"
#include "mail/message.h"

namespace mailca::mail {

namespace {

constexpr const char* kMailbox = "/INBOX";

struct Received {
    std::string bytes;
    bool tooLarge = false;
};

std::size_t onBytes(char* data, std::size_t size, std::size_t count, void* user) {
    auto* received = static_cast<Received*>(user);
    const std::size_t length = size * count;
    received->tooLarge = received->bytes.size() + length > kMaxMessageBytes;
    if (received->tooLarge) return 0;  // ends the transfer
    received->bytes.append(data, length);
    return length;
}

// RFC 3501 section 9, date: "22-Nov-2026". SINCE has days only and the server's zone, so the day before is asked for.
std::string searchDate(Time since) {
    constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(since) - std::chrono::days(1)};
    return std::to_string(unsigned{day.day()}) + "-" + kMonths[unsigned{day.month()} - 1] + "-" +
           std::to_string(int{day.year()});
}

bool isSearchText(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

bool isUid(std::string_view id) {
    return !id.empty() && id.size() <= 10 &&
           std::all_of(id.begin(), id.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "* SEARCH 4 7 12" -> the numbers. Other lines are other news from the server.
std::vector<std::string> parseSearch(std::string_view reply) {
    constexpr std::string_view kLead = "* SEARCH";
    std::vector<std::string> ids;
    while (!reply.empty()) {
        const std::size_t end = std::min(reply.find('\n'), reply.size());
        std::string_view line = reply.substr(0, end);
        reply.remove_prefix(std::min(end + 1, reply.size()));
        if (!line.starts_with(kLead)) continue;
        line.remove_prefix(kLead.size());
        while (true) {
            const std::size_t first = line.find_first_of("0123456789");
            if (first == std::string_view::npos) break;
            line.remove_prefix(first);
            const std::size_t length = std::min(line.find_first_not_of("0123456789"), line.size());
            ids.emplace_back(line.substr(0, length));
            line.remove_prefix(length);
        }
    }
    return ids;
}

}  // namespace

class ImapInbox::Session {
 public:
    Session(std::shared_ptr<const ServerOptions> server, const Interrupt* interrupt)
        : m_curl("imap", std::move(server), interrupt) {}

    // One command in INBOX, or the fetch that the path asks for. Gives what the server sent.
    Result<std::string> run(const std::string& path, const std::string& command) {
        Received received;
        m_curl.prepare(path);
        CURL* handle = m_curl.handle();
        if (!command.empty()) ::curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, command.c_str());
        ::curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, onBytes);
        ::curl_easy_setopt(handle, CURLOPT_WRITEDATA, &received);
        const CURLcode code = m_curl.perform();
        if (received.tooLarge) return fail(ErrorKind::Parse, "the mail is too large to be one of ours");
        if (code == CURLE_REMOTE_FILE_NOT_FOUND) return fail(ErrorKind::NotFound, "the mail is gone");
        if (isMisconfiguration(code)) return fail(ErrorKind::Config, m_curl.complaint(code));
        if (code != CURLE_OK) return fail(ErrorKind::Io, m_curl.complaint(code));
        return std::move(received.bytes);
    }

 private:
    CurlSession m_curl;
};

ImapInbox::ImapInbox(std::shared_ptr<const ServerOptions> server, const Interrupt* interrupt)
    : m_session(std::make_unique<Session>(std::move(server), interrupt)) {}
ImapInbox::~ImapInbox() = default;

Result<std::vector<std::string>> ImapInbox::find(Time since, std::string_view subject) {
    if (!isSearchText(subject))
        return fail(ErrorKind::Malformed, "a subject to search for must be ASCII without quotes");
    // A mailbox that stays selected shows new mails after the next command only (RFC 3501 section 5.2).
    TRY_VOID(m_session->run(kMailbox, "NOOP"));
    TRY(const std::string reply, m_session->run(kMailbox, "UID SEARCH SINCE " + searchDate(since) + " SUBJECT \"" +
                                                              std::string(subject) + "\""));
    return parseSearch(reply);
}

Result<std::string> ImapInbox::validity() {
    constexpr std::string_view kName = "UIDVALIDITY ";
    TRY(const std::string reply, m_session->run("/", "STATUS INBOX (UIDVALIDITY)"));
    const std::size_t at = reply.find(kName);
    const std::string rest = at == std::string::npos ? "" : reply.substr(at + kName.size());
    const std::string number = rest.substr(0, rest.find_first_not_of("0123456789"));
    if (!isUid(number)) return fail(ErrorKind::Io, "the IMAP server names no UIDVALIDITY of INBOX");
    return number;
}

Result<std::vector<std::string>> ImapInbox::behind(const std::string& id, Time since) {
    if (!id.empty() && !isUid(id)) return fail(ErrorKind::Malformed, "not the id of a mail");
    const std::uint64_t first = id.empty() ? 1 : std::stoull(id) + 1;
    TRY_VOID(m_session->run(kMailbox, "NOOP"));
    TRY(const std::string reply,
        m_session->run(kMailbox, "UID SEARCH UID " + std::to_string(first) + ":* SINCE " + searchDate(since)));
    std::vector<std::string> ids = parseSearch(reply);
    // "N:*" holds the last mail even when it stands before N.
    std::erase_if(ids, [&](const std::string& one) { return !isUid(one) || std::stoull(one) < first; });
    std::ranges::sort(ids, {}, [](const std::string& one) { return std::stoull(one); });
    return ids;
}

Result<std::string> ImapInbox::read(const std::string& id) {
    if (!isUid(id)) return fail(ErrorKind::Malformed, "not the id of a mail");
    TRY(std::string bytes, m_session->run(std::string(kMailbox) + "/;UID=" + id, ""));
    if (bytes.empty()) return fail(ErrorKind::NotFound, "the mail is gone");
    return bytes;
}

Result<void> ImapInbox::markSeen(const std::string& id) {
    if (!isUid(id)) return fail(ErrorKind::Malformed, "not the id of a mail");
    TRY_VOID(m_session->run(kMailbox, "UID STORE " + id + " +FLAGS.SILENT (\\Seen)"));
    return {};
}

}  // namespace mailca::mail
