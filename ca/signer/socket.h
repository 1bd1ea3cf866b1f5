// A stream socket in the file system, and frames on it: four octets of length, then the message.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "core/descriptor.h"

namespace mailca::ca {

// Owns its descriptor. Move-only.
class Socket {
 public:
    explicit Socket(int descriptor = -1) : m_descriptor(descriptor) {}

    // Listens at `path`, mode 0600. What another process left there is taken away. Config: the path is too long, its
    // folder is not there, or somebody listens there.
    static Result<Socket> listenAt(const std::string& path);
    static Result<Socket> connectTo(const std::string& path);  // Unavailable

    int get() const { return m_descriptor.get(); }
    bool isListening() const;  // a stream socket of the local kind that accepts connections
    // Every send and receive after this one waits so long at most.
    void limitWaits(std::chrono::milliseconds atMost) const;
    // Nothing came that nobody asked for, and the other end is there.
    bool isQuiet() const;

    // Unavailable, all of them: the other end is gone or does not answer in time.
    Result<void> send(ByteView message) const;
    // `mostFor`: how long a message with this first octet may be. Malformed when it is longer, or empty.
    Result<Bytes> receive(const std::function<std::size_t(std::uint8_t)>& mostFor) const;
    Result<void> sendRaw(ByteView octets) const;
    Result<void> receiveRaw(std::span<std::uint8_t> octets) const;

 private:
    Descriptor m_descriptor;
};

}  // namespace mailca::ca
