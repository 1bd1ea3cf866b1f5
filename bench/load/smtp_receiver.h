// The mailboxes' SMTP server: one thread, many connections at once, on a loopback port.
#pragma once

#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "bench/load/smtp_dialogue.h"
#include "core/result.h"

namespace mailca::bench {

class SmtpReceiver {
 public:
    static constexpr std::size_t kMaxConnections = 256;  // beyond: closed at once

    // Listens when it returns; port 0: the system's choice. `deliver` is called by the receiver's thread. Io.
    static Result<std::unique_ptr<SmtpReceiver>> start(std::uint16_t port, Deliver deliver);
    ~SmtpReceiver();  // closes every connection
    SmtpReceiver(const SmtpReceiver&) = delete;
    SmtpReceiver& operator=(const SmtpReceiver&) = delete;

    std::uint16_t port() const { return m_port; }

 private:
    struct Connection;
    SmtpReceiver(int listener, int wakeUp, std::uint16_t port, Deliver deliver);
    void serve();
    void accept(std::vector<Connection>& connections);
    static bool readFrom(Connection& connection);

    const int m_listener;
    const int m_wakeUp;  // an eventfd: written once, when it is time to end
    const std::uint16_t m_port;
    const Deliver m_deliver;
    std::thread m_thread;
};

}  // namespace mailca::bench
