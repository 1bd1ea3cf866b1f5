// Replies in by LMTP (RFC 2033) on a Unix socket, for Postfix and its like: each mail goes to the Maildir, durable,
// before it is acknowledged.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "core/descriptor.h"
#include "core/interrupt.h"
#include "core/random.h"
#include "core/result.h"
#include "mail/lmtp_session.h"
#include "mail/maildir.h"

namespace mailca::mail {

struct LmtpOptions {
    std::string path;    // of the socket: mode 0660, so its folder's group (setgid) says who else may deliver
    std::string domain;  // mail to its mailboxes is taken
    std::chrono::milliseconds silence{60'000};        // how long a peer may say nothing, or not read
    std::chrono::milliseconds conversation{600'000};  // how long one connection may last in all
};

// Thread-safe: as many conversations at once as there are workers taking turns; further peers wait in the kernel's
// queue, which is short. What is given by reference must outlive it.
class LmtpServer {
 public:
    // Takes away the socket that an earlier process left. Config: the path is too long, its folder is not there, or
    // somebody listens there.
    static Result<std::unique_ptr<LmtpServer>> listenAt(LmtpOptions options, const Maildir& maildir, Random& random);
    ~LmtpServer();
    LmtpServer(const LmtpServer&) = delete;
    LmtpServer& operator=(const LmtpServer&) = delete;

    // One conversation, or a second of waiting for one. A peer's trouble is its own; an Error is ours.
    Result<void> turn();
    void stop();  // cuts every wait and every conversation short, from now on

 private:
    LmtpServer(LmtpOptions options, const Maildir& maildir, Random& random, Descriptor listener);
    Result<void> deliver(const Envelope& envelope, std::string_view mail) const;
    void converse(int peer);

    const LmtpOptions m_options;
    const Maildir& m_maildir;
    Random& m_random;
    const Descriptor m_listener;
    Interrupt m_interrupt;
};

}  // namespace mailca::mail
