#include "mail/smtp.h"

#include <algorithm>
#include <condition_variable>
#include <cstring>
#include <mutex>
#include <utility>
#include <vector>

#include "core/text.h"
#include "mail/curl_session.h"
#include "mail/message.h"

namespace mailca::mail {

namespace {

constexpr std::size_t kMaxSessions = 8;

// One mail on its way, as libcurl's callbacks see it.
struct Transfer {
    std::string_view rest;  // what was not handed to libcurl yet
    bool needsUtf8 = false;
    bool refusedForUtf8 = false;
    bool recipientAsked = false;  // what the server says from RCPT on is about this mail, what it says before about us
    bool* serverTakesUtf8 = nullptr;
    std::string lastLine;
};

// Every line the server says. Its greeting begins a connection, what EHLO offers comes after.
std::size_t onReplyLine(char* data, std::size_t size, std::size_t count, void* user) {
    auto* transfer = static_cast<Transfer*>(user);
    const std::string_view octets(data, size * count);
    const std::string line = printableAscii(octets.substr(0, octets.find_last_not_of("\r\n") + 1));
    if (!line.starts_with("221")) transfer->lastLine = line;  // libcurl says QUIT after a refusal
    if (line.starts_with("220")) *transfer->serverTakesUtf8 = false;
    if (line.size() >= 4 && line.starts_with("250") && equalNames(std::string_view(line).substr(4), "SMTPUTF8")) {
        *transfer->serverTakesUtf8 = true;
    }
    return size * count;
}

// Every command: libcurl's results do not tell a refused MAIL from a refused RCPT.
int onTraffic(CURL*, curl_infotype kind, char* data, std::size_t size, void* user) {
    if (kind == CURLINFO_HEADER_OUT && std::string_view(data, size).starts_with("RCPT ")) {
        static_cast<Transfer*>(user)->recipientAsked = true;
    }
    return 0;
}

// Called once the server has said 354. Stopping here closes the connection before the mail's end: nothing is delivered.
std::size_t giveMessage(char* buffer, std::size_t size, std::size_t count, void* user) {
    auto* transfer = static_cast<Transfer*>(user);
    if (transfer->needsUtf8 && !*transfer->serverTakesUtf8) {
        transfer->refusedForUtf8 = true;
        return CURL_READFUNC_ABORT;
    }
    const std::size_t length = std::min(size * count, transfer->rest.size());
    std::memcpy(buffer, transfer->rest.data(), length);
    transfer->rest.remove_prefix(length);
    return length;
}

SendReport reportOf(const CurlSession& session, CURLcode result, const Transfer& transfer) {
    long code = 0;
    ::curl_easy_getinfo(session.handle(), CURLINFO_RESPONSE_CODE, &code);
    SendReport report{SendOutcome::Temporary, static_cast<int>(code), transfer.lastLine};
    if (result == CURLE_OK) {
        report.outcome = SendOutcome::Accepted;
    } else if (transfer.refusedForUtf8) {
        report = {SendOutcome::Permanent, 0, "the mail server does not offer SMTPUTF8, which this mailbox needs"};
    } else if (isMisconfiguration(result)) {
        report.outcome = SendOutcome::Misconfigured;
        report.text = session.complaint(result);
    } else if (code >= 500) {
        // 530 (RFC 4954 section 6): the server wants us to authenticate, whoever the recipient is.
        const bool refused = transfer.recipientAsked && code != 530;
        report.outcome = refused ? SendOutcome::Permanent : SendOutcome::Misconfigured;
    } else if (code < 400) {
        report.text = session.complaint(result);
    }
    return report;
}

struct ListFree {
    void operator()(::curl_slist* list) const { ::curl_slist_free_all(list); }
};

// One connection, for one send at a time.
class Session final {
 public:
    explicit Session(std::shared_ptr<const ServerOptions> options) : m_curl("smtp", std::move(options)) {}

    SendReport send(const EmailAddress& from, const EmailAddress& to, std::string_view message) {
        m_curl.prepare("");
        Transfer transfer;
        transfer.rest = message;
        transfer.needsUtf8 = !from.isAscii() || !to.isAscii();
        transfer.serverTakesUtf8 = &m_serverTakesUtf8;
        const std::unique_ptr<::curl_slist, ListFree> recipients(::curl_slist_append(nullptr, to.text().c_str()));
        CURL* handle = m_curl.handle();
        ::curl_easy_setopt(handle, CURLOPT_MAIL_FROM, from.text().c_str());
        ::curl_easy_setopt(handle, CURLOPT_MAIL_RCPT, recipients.get());
        ::curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
        ::curl_easy_setopt(handle, CURLOPT_READFUNCTION, giveMessage);
        ::curl_easy_setopt(handle, CURLOPT_READDATA, &transfer);
        ::curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, onReplyLine);
        ::curl_easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
        ::curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, onTraffic);
        ::curl_easy_setopt(handle, CURLOPT_DEBUGDATA, &transfer);
        ::curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
        return reportOf(m_curl, m_curl.perform(), transfer);
    }

 private:
    CurlSession m_curl;
    bool m_serverTakesUtf8 = false;  // of the connection that is open
};

}  // namespace

// As many sessions as sends were ever under way at once, up to a bound: a server that keeps one mail waiting must not
// hold the others, and must not meet a crowd of us either.
class SmtpTransport::Sessions final {
 public:
    explicit Sessions(ServerOptions options) : m_options(std::make_shared<const ServerOptions>(std::move(options))) {
        m_idle.reserve(kMaxSessions);
    }

    // Waits while all of them are busy.
    std::unique_ptr<Session> take() {
        std::unique_lock lock(m_mutex);
        m_returned.wait(lock, [this] { return !m_idle.empty() || m_made < kMaxSessions; });
        if (m_idle.empty()) {
            m_idle.push_back(std::make_unique<Session>(m_options));
            ++m_made;
        }
        auto session = std::move(m_idle.back());  // the last one used: its connection is the likeliest to be open
        m_idle.pop_back();
        return session;
    }
    void giveBack(std::unique_ptr<Session> session) {
        {
            const std::lock_guard lock(m_mutex);
            m_idle.push_back(std::move(session));
        }
        m_returned.notify_one();
    }

 private:
    const std::shared_ptr<const ServerOptions> m_options;
    std::mutex m_mutex;
    std::condition_variable m_returned;
    std::vector<std::unique_ptr<Session>> m_idle;
    std::size_t m_made = 0;
};

SmtpTransport::SmtpTransport(ServerOptions options) : m_sessions(std::make_unique<Sessions>(std::move(options))) {}
SmtpTransport::~SmtpTransport() = default;

SendReport SmtpTransport::send(const EmailAddress& envelopeFrom, const EmailAddress& envelopeTo,
                               std::string_view message) {
    if (withCrlf(message) != message) {
        return {SendOutcome::Permanent, 0, "the mail has a bare CR or LF in it and was not sent"};
    }
    struct Lent {
        Sessions& sessions;
        std::unique_ptr<Session> session = sessions.take();
        ~Lent() { sessions.giveBack(std::move(session)); }
    } const lent{*m_sessions};
    return lent.session->send(envelopeFrom, envelopeTo, message);
}

}  // namespace mailca::mail
