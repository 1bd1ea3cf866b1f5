#include "tests/support/loopback.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <thread>

#include "tests/support/files.h"

namespace mailca::test {

namespace {

constexpr int kRounds = 1000;
constexpr std::chrono::milliseconds kPause(20);

::sockaddr_in loopback(std::uint16_t port) {
    ::sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

bool accepts(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const ::sockaddr_in address = loopback(port);
    const bool connected = ::connect(socket, reinterpret_cast<const ::sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    return connected;
}

}  // namespace

std::uint16_t freePort() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ::sockaddr_in address = loopback(0);
    ::socklen_t size = sizeof address;
    const bool bound = ::bind(socket, reinterpret_cast<::sockaddr*>(&address), size) == 0 &&
                       ::getsockname(socket, reinterpret_cast<::sockaddr*>(&address), &size) == 0;
    ::close(socket);
    if (!bound) throw std::runtime_error("no free port");
    return ntohs(address.sin_port);
}

void waitForPort(std::uint16_t port, const std::string& log) {
    for (int i = 0; i < kRounds; ++i) {
        if (accepts(port)) return;
        std::this_thread::sleep_for(kPause);
    }
    throw std::runtime_error("nobody listens on port " + std::to_string(port) + ": " +
                             (std::filesystem::exists(log) ? readFile(log) : "no log"));
}

void stopByPidFile(const std::string& path) {
    if (!std::filesystem::exists(path)) return;
    // The file is there before its number is.
    std::string text = readFile(path);
    for (int i = 0; i < kRounds && text.empty(); ++i) {
        std::this_thread::sleep_for(kPause);
        text = readFile(path);
    }
    const ::pid_t pid = std::stoi(text);
    ::kill(pid, SIGTERM);
    for (int i = 0; i < kRounds && ::kill(pid, 0) == 0; ++i) std::this_thread::sleep_for(kPause);
}

}  // namespace mailca::test
