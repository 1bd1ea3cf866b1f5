#include "bench/load/journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "core/clock.h"

namespace mailca::bench {
namespace {

constexpr mode_t kOwnerOnly = 0600;  // account keys stand in it

Result<std::string> member(const json::Value& line, std::string_view name) {
    auto text = line.string(name);
    if (!text) return fail(ErrorKind::Parse, "no \"" + std::string(name) + "\"");
    return *std::move(text);
}

}  // namespace

json::Value factLine(std::string_view fact, const std::string& mailbox, json::Object more) {
    json::Value line = json::object({{"fact", fact}, {"mailbox", mailbox}, {"at", toUnix(SystemClock().now())}});
    for (auto& [name, value] : more) line.set(name, std::move(value));
    return line;
}

Result<void> Trace::apply(const json::Value& line) {
    TRY(const std::string fact, member(line, "fact"));
    if (fact == "account") {
        TRY(account, member(line, "account"));
        TRY(key, member(line, "key"));
    } else if (fact == "order") {
        TRY(order, member(line, "order"));
        TRY(authorization, member(line, "authorization"));
        TRY(finalize, member(line, "finalize"));
    } else if (fact == "authorization") {
        TRY(challenge, member(line, "challenge"));
    } else if (fact == "challenge-mail") {
        ++challengeMails;
    } else if (fact == "reply") {
        TRY(std::string id, member(line, "messageId"));
        answered.insert(std::move(id));
    } else if (fact == "challenge") {
        challengePosted = true;
    } else if (fact == "authorized") {
        authorized = true;
    } else if (fact == "finalize") {
        finalized = true;
    } else if (fact == "certificate") {
        Certificate issued;
        TRY(issued.url, member(line, "certificate"));
        TRY(issued.sha256, member(line, "sha256"));
        TRY(issued.serial, member(line, "serial"));
        certificate = std::move(issued);
    } else if (fact == "invalid") {
        TRY(invalid, member(line, "reason"));
    } else if (fact != "abandoned") {
        return fail(ErrorKind::Parse, "there is no fact \"" + fact + "\"");
    }
    return {};
}

Result<Journal> Journal::open(const std::string& path) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kOwnerOnly);
    if (descriptor < 0) return fail(ErrorKind::Io, path + ": cannot be opened: " + std::strerror(errno));
    return Journal(descriptor);
}

Journal::~Journal() {
    if (m_descriptor >= 0) ::close(m_descriptor);
}

Journal::Journal(Journal&& other) noexcept : m_descriptor(std::exchange(other.m_descriptor, -1)) {}

Result<void> Journal::write(const json::Value& line) {
    if (!keeps()) return {};
    const std::string text = line.dump() + "\n";
    const std::lock_guard lock(m_mutex);
    if (::write(m_descriptor, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        return fail(ErrorKind::Io, std::string("the journal cannot be written: ") + std::strerror(errno));
    }
    return {};
}

Result<std::map<std::string, Trace>> readJournal(const std::string& path) {
    std::ifstream file(path);
    if (!file) return fail(ErrorKind::Io, path + ": cannot be read");
    std::map<std::string, Trace> traces;
    std::string text;
    for (int number = 1; std::getline(file, text); ++number) {
        if (file.eof()) break;  // no line end: it was being written when its writer ended
        const auto where = path + ":" + std::to_string(number) + ": ";
        const auto line = json::parse(text);
        if (!line) return fail(ErrorKind::Parse, where + line.error().detail);
        const auto mailbox = line->string("mailbox");
        if (!mailbox) return fail(ErrorKind::Parse, where + "no \"mailbox\"");
        Trace& trace = traces[*mailbox];
        trace.mailbox = *mailbox;
        if (const auto applied = trace.apply(*line); !applied) {
            return fail(ErrorKind::Parse, where + applied.error().detail);
        }
    }
    return traces;
}

}  // namespace mailca::bench
