// Serves the signer's socket: every thread accepts a connection, answers its requests one after another until it is
// closed, and accepts the next. All threads exist before the first connection, so that none has to be made later
// (ca/signer/sandbox.h).
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "ca/signer/door.h"
#include "ca/signer/socket.h"

namespace mailca::ca {

class Server {
 public:
    static constexpr int kThreads = 16;

    // `client`: the user whose processes may ask; root may always. `keysLost` is called after an answer that says so.
    Server(Socket listener, Door& door, ::uid_t client, std::function<void()> keysLost);
    ~Server();  // after every client has gone

    void open();  // from now on connections are accepted
    void wait();  // for ever, unless the listener breaks

 private:
    void run();
    void serve(const Socket& connection);
    bool mayAsk(const Socket& connection) const;

    const Socket m_listener;
    Door& m_door;
    const ::uid_t m_client;
    const std::function<void()> m_keysLost;
    std::mutex m_mutex;
    std::condition_variable m_opened;
    bool m_open = false;
    std::vector<std::thread> m_threads;
};

}  // namespace mailca::ca
