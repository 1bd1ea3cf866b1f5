#include "ca/signer/remote_signer.h"

#include <array>

namespace mailca::ca {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Fewer than the signer has threads, so that none of ours waits to be accepted.
constexpr int kMostConnections = 12;
constexpr milliseconds kLongestGreeting{1000};
constexpr milliseconds kPauseAfterFailure{1000};
constexpr milliseconds kLongestWait{10'000};  // for a connection, and for an answer
constexpr milliseconds kLongestCrl{120'000};  // for a list of some millions

Error down() {
    return fail(ErrorKind::Unavailable, "the signer is not there now; try again later");
}

}  // namespace

Result<Socket> RemoteSigner::connect() {
    TRY(Socket made, Socket::connectTo(m_path));
    made.limitWaits(kLongestGreeting);
    std::array<std::uint8_t, messages::kGreeting.size()> greeting{};
    TRY_VOID(made.receiveRaw(greeting));
    if (asText(greeting) == messages::kGreeting) return made;
    return fail(ErrorKind::Config, m_path + ": the signer is of another release than this program; start it anew");
}

Result<Socket> RemoteSigner::acquire() {
    {
        std::unique_lock lock(m_mutex);
        const bool free = m_released.wait_for(lock, kLongestWait, [this] { return m_inUse < kMostConnections; });
        if (!free) return fail(ErrorKind::Unavailable, "the signer is overloaded; try again later");
        while (!m_idle.empty()) {
            Socket idle = std::move(m_idle.back());
            m_idle.pop_back();
            if (!idle.isQuiet()) continue;  // of a signer that has ended
            ++m_inUse;
            return idle;
        }
        if (steady_clock::now() < m_notBefore) return down();
        ++m_inUse;
    }
    auto made = connect();
    if (!made) drop();
    return made;
}

void RemoteSigner::release(Socket connection) {
    const std::lock_guard lock(m_mutex);
    --m_inUse;
    m_idle.push_back(std::move(connection));
    m_released.notify_one();
}

void RemoteSigner::drop() {
    const std::lock_guard lock(m_mutex);
    --m_inUse;
    m_notBefore = steady_clock::now() + kPauseAfterFailure;
    m_released.notify_one();
}

Result<Bytes> RemoteSigner::ask(messages::Kind kind, const Bytes& request) {
    TRY(Socket connection, acquire());
    connection.limitWaits(kind == messages::Kind::Crl ? kLongestCrl : kLongestWait);
    Result<Bytes> answer = fail(ErrorKind::Unavailable, "");
    if (auto sent = connection.send(request); !sent) {
        answer = sent.error();
    } else {
        answer = connection.receive(messages::mostFor);
    }
    if (!answer) {
        drop();  // and the connection with it: what it may still bring belongs to nobody
        return answer;
    }
    release(std::move(connection));
    return messages::decodeAnswer(kind, *answer);
}

Result<void> RemoteSigner::greet() {
    TRY(Socket connection, connect());
    const std::lock_guard lock(m_mutex);
    m_notBefore = {};
    m_idle.push_back(std::move(connection));
    return {};
}

Result<Prepared> RemoteSigner::prepare(const std::vector<IssuanceRequest>& requests) {
    TRY(const Bytes body, ask(messages::Kind::Prepare, messages::encodePrepare(requests)));
    return messages::decodePrepared(body);
}

Result<Prepared> RemoteSigner::prepareResponder(const std::string& issuer) {
    TRY(const Bytes body, ask(messages::Kind::PrepareResponder, messages::encodePrepareResponder(issuer)));
    return messages::decodePrepared(body);
}

Result<std::vector<Bytes>> RemoteSigner::sign(const Handle& handle) {
    TRY(const Bytes body, ask(messages::Kind::Sign, messages::encodeSign(handle)));
    return messages::decodeCertificates(body);
}

Result<Bytes> RemoteSigner::signCrl(const std::string& issuer, const CrlRequest& request) {
    return ask(messages::Kind::Crl, messages::encodeCrl(issuer, request));
}

Result<ocsp::SignedResponse> RemoteSigner::signStatus(const StatusRequest& request) {
    TRY(const Bytes body, ask(messages::Kind::Status, messages::encodeStatus(request)));
    return messages::decodeSignedResponse(body);
}

Result<Bytes> RemoteSigner::timestamp(const TimestampRequest& request) {
    return ask(messages::Kind::Timestamp, messages::encodeTimestamp(request));
}

Result<Bytes> RemoteSigner::signAuditHead(const AuditStatement& statement) {
    return ask(messages::Kind::AuditHead, messages::encodeAuditHead(statement));
}

}  // namespace mailca::ca
