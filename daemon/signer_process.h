// The signer as a child of the daemon: started before any thread, started again whenever it ends, ended with the daemon
// however that ends. The daemon holds the listening socket, so that nobody can listen in the signer's place.
#pragma once

#include <sys/types.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "ca/signer/socket.h"
#include "core/secret.h"

namespace mailca::daemon {

class SignerProcess {
 public:
    struct Plan {
        std::string socket;                  // where the daemon will find it
        std::vector<std::string> arguments;  // without the program's name
        // Handed over at every start, as descriptor 3; empty: the signer reads its pass-phrase itself.
        Secret passphrase{};
    };
    static Result<std::unique_ptr<SignerProcess>> start(Plan plan);  // Config, Io
    ~SignerProcess();

    // Why the last one ended by itself, when it did so without ever being told to: Config or Io as its exit code says.
    // For whoever waits for the first one to serve.
    std::optional<Error> ended() const;

 private:
    SignerProcess(Plan plan, ca::Socket listener, std::string program);
    Result<void> spawn();
    void supervise();
    void awaitEnd();

    const Plan m_plan;
    const ca::Socket m_listener;
    const std::string m_program;
    mutable std::mutex m_mutex;  // guards all below
    std::condition_variable m_stopped;
    bool m_stopping = false;
    ::pid_t m_child = -1;
    std::optional<Error> m_ended;
    std::thread m_supervisor;
};

}  // namespace mailca::daemon
