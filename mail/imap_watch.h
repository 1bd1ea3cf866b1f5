// Waits for new mail in an INBOX by IDLE (RFC 2177), over a connection of its own that stays open.
#pragma once

#include <chrono>
#include <memory>

#include "core/interrupt.h"
#include "core/result.h"
#include "mail/connection.h"

namespace mailca::mail {

// For one thread.
class ImapWatch final {
 public:
    // The interrupt, which must outlive it, cuts every wait short.
    ImapWatch(std::shared_ptr<const ServerOptions> server, const Interrupt& interrupt);
    ~ImapWatch();

    // True: look into the mailbox now. So too when the connection is new, and every 15 s if the server has no IDLE.
    // False: the time is over, or there is the interrupt. Io, Config: there is no connection; the next call makes one.
    Result<bool> wait(std::chrono::milliseconds atMost);

 private:
    class Connection;
    std::shared_ptr<const ServerOptions> m_options;
    std::unique_ptr<Connection> m_connection;        // none: it broke, or was never made
    std::chrono::steady_clock::time_point m_looked;  // when wait() was last true
    const Interrupt& m_interrupt;
};

}  // namespace mailca::mail
