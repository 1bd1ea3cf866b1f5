#include "bench/load/postbox.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "bench/load/file_drop.h"
#include "core/bytes.h"
#include "core/crypto/hash.h"
#include "core/log.h"

namespace mailca::bench {
namespace {

constexpr mode_t kOwnerOnly = 0700;  // tokens stand in the mails

}  // namespace

Result<std::unique_ptr<Postbox>> Postbox::open(std::filesystem::path folder, Journal& journal) {
    std::unique_ptr<Postbox> box(new Postbox(std::move(folder), journal));
    if (!box->m_folder.empty()) TRY_VOID(box->load());
    return box;
}

// A file's name is NUMBER-MAILBOX; numbers grow.
Result<void> Postbox::load() {
    if (::mkdir(m_folder.c_str(), kOwnerOnly) != 0 && errno != EEXIST) {
        return fail(ErrorKind::Io, m_folder.string() + ": cannot be made: " + std::strerror(errno));
    }
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(m_folder)) files.push_back(entry.path());
    std::ranges::sort(files);
    for (const auto& path : files) {
        const std::string name = path.filename();
        if (name.starts_with('.')) continue;  // unfinished: its sender was not told that it is taken
        std::ifstream file(path, std::ios::binary);
        const std::string raw{std::istreambuf_iterator<char>(file), {}};
        TRY(mail::Message message, mail::Message::parse(raw));
        put(name.substr(name.find('-') + 1), std::move(message));
    }
    return {};
}

bool Postbox::take(const std::string& recipient, std::string_view raw) {
    auto message = mail::Message::parse(raw);
    if (message && message->subject().find("ACME:") == std::string::npos) return true;  // a notice to its owner
    auto taken = message ? keep(recipient, raw) : Result<void>(message.error());
    if (taken) taken = journalMail(recipient, *message);
    if (!taken) {
        log::error("load.mail", {{"mailbox", recipient}, {"why", taken.error().text()}});
        return false;
    }
    put(recipient, *std::move(message));
    return true;
}

Result<void> Postbox::keep(const std::string& recipient, std::string_view raw) {
    if (m_folder.empty()) return {};
    if (recipient.find('/') != std::string::npos) return fail(ErrorKind::Malformed, "no mailbox of this driver");
    const auto number = std::chrono::system_clock::now().time_since_epoch().count();
    const std::string name = std::to_string(number) + "-" + recipient;
    return dropFile(m_folder / ("." + name), m_folder / name, raw);
}

Result<void> Postbox::journalMail(const std::string& recipient, const mail::Message& message) {
    if (!m_journal.keeps()) return {};
    return m_journal.write(
        factLine("challenge-mail", recipient,
                 {{"messageId", message.field("Message-ID").value_or("")},
                  {"subjectSha256", toHex(crypto::sha256(asBytes(message.field("Subject").value_or(""))))}}));
}

void Postbox::put(const std::string& recipient, mail::Message message) {
    const std::lock_guard lock(m_mutex);
    Box& box = m_boxes[recipient];
    box.mails.push_back(std::move(message));
    box.changed.notify_all();
}

std::optional<mail::Message> Postbox::wait(const std::string& mailbox, std::chrono::steady_clock::time_point deadline,
                                           const std::stop_token& stop) {
    std::unique_lock lock(m_mutex);
    Box& box = m_boxes[mailbox];
    if (!box.changed.wait_until(lock, stop, deadline, [&box] { return !box.mails.empty(); })) return std::nullopt;
    mail::Message message = std::move(box.mails.front());
    box.mails.pop_front();
    return message;
}

void Postbox::close(const std::string& mailbox) {
    const std::lock_guard lock(m_mutex);
    m_boxes.erase(mailbox);
}

}  // namespace mailca::bench
