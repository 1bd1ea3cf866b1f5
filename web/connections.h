// Who is connected, and who is being served: what the connection limit and a graceful stop need to know. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace mailca::web {

class Connections;

enum class Phase : std::uint8_t {
    Waiting,  // for (the rest of) a request
    Serving,  // a request that was read completely
    Closing,  // answered for the last time; whatever still arrives is thrown away
};

// A connection's entry in the list, from its construction to its destruction.
class Presence final {
 public:
    Presence(Connections& connections, int descriptor);
    ~Presence();
    Presence(const Presence&) = delete;
    Presence& operator=(const Presence&) = delete;

    int descriptor() const { return m_descriptor; }
    Phase phase() const;
    void enter(Phase phase);

 private:
    Connections& m_connections;
    const int m_descriptor;
};

class Connections final {
 public:
    std::size_t count() const;
    // True from the start of a stop on: each connection closes after the requests it has sent.
    bool stopping() const;
    void beginStop();
    // Nobody is being served, and no octets of a connection that is still open wait to be read.
    bool quiet() const;
    // From now on, who is destroyed in this thread has no worker left to close its descriptor, and so it is closed
    // here.
    void closeInThisThread();

 private:
    friend class Presence;
    mutable std::mutex m_mutex;
    std::unordered_map<const Presence*, Phase> m_phases;
    bool m_stopping = false;
    std::thread::id m_closer;
};

}  // namespace mailca::web
