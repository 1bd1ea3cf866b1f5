// The signer in another process, asked over its socket.
#pragma once

#include <condition_variable>
#include <mutex>
#include <vector>

#include "ca/signer/messages.h"
#include "ca/signer/socket.h"

namespace mailca::ca {

// Thread-safe: several requests are under way at a time, each on a connection of its own. A signer that does not greet
// is not asked again for a second, so that nobody waits long for one that is gone. sign() is never sent twice.
class RemoteSigner final : public Signer {
 public:
    // `path`: of the socket.
    explicit RemoteSigner(std::string path) : m_path(std::move(path)) {}

    Result<void> greet();  // whether the signer serves, asked for now; Unavailable

    Result<Prepared> prepare(const std::vector<IssuanceRequest>& requests) override;
    Result<Prepared> prepareResponder(const std::string& issuer) override;
    Result<std::vector<Bytes>> sign(const Handle& handle) override;
    Result<Bytes> signCrl(const std::string& issuer, const CrlRequest& request) override;
    Result<ocsp::SignedResponse> signStatus(const StatusRequest& request) override;
    Result<Bytes> timestamp(const TimestampRequest& request) override;
    Result<Bytes> signAuditHead(const AuditStatement& statement) override;

 private:
    Result<Bytes> ask(messages::Kind kind, const Bytes& request);
    Result<Socket> acquire();
    Result<Socket> connect();
    void release(Socket connection);
    void drop();

    const std::string m_path;
    std::mutex m_mutex;  // guards all below
    std::condition_variable m_released;
    std::vector<Socket> m_idle;
    int m_inUse = 0;
    std::chrono::steady_clock::time_point m_notBefore{};  // of the next attempt to connect
};

}  // namespace mailca::ca
