// The encoding of messages between the daemon and the signer: numbers big-endian, octets and texts with a length of
// four octets before them, lists with their count. Nothing is optional and nothing may stand behind.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/bytes.h"
#include "core/clock.h"

namespace mailca::ca::wire {

class Writer {
 public:
    Writer& octet(std::uint8_t value);
    Writer& number(std::uint64_t value);
    Writer& time(Time value) { return number(static_cast<std::uint64_t>(toUnix(value))); }
    Writer& bytes(ByteView value);
    Writer& text(std::string_view value) { return bytes(asBytes(value)); }
    Bytes take() { return std::move(m_out); }

 private:
    Bytes m_out;
};

// Reads what a Writer wrote. After the first thing that is not there everything reads as empty, and finish() says so:
// what was read counts only once finish() succeeded.
class Reader {
 public:
    explicit Reader(ByteView message) : m_rest(message) {}
    std::uint8_t octet();
    std::uint64_t number();
    Time time();  // of the years 1970 to 9999
    ByteView bytes();
    std::string text() { return std::string(asText(bytes())); }
    // For a list: at most `most`, and not more than what is left could hold.
    std::size_t count(std::size_t most);
    Result<void> finish() const;  // Malformed

 private:
    ByteView take(std::size_t octets);
    ByteView m_rest;
    bool m_failed = false;
};

}  // namespace mailca::ca::wire
