#include "ca/signer/wire.h"

namespace mailca::ca::wire {
namespace {

constexpr std::uint64_t kLastSecond = 253'402'300'799;  // 9999-12-31T23:59:59Z
constexpr std::size_t kLengthOctets = 4;

std::uint64_t bigEndian(ByteView octets) {
    std::uint64_t out = 0;
    for (const std::uint8_t octet : octets) out = out << 8 | octet;
    return out;
}

}  // namespace

Writer& Writer::octet(std::uint8_t value) {
    m_out.push_back(value);
    return *this;
}

Writer& Writer::number(std::uint64_t value) {
    for (int shift = 56; shift >= 0; shift -= 8) octet(static_cast<std::uint8_t>(value >> shift));
    return *this;
}

Writer& Writer::bytes(ByteView value) {
    for (int shift = 24; shift >= 0; shift -= 8) octet(static_cast<std::uint8_t>(value.size() >> shift));
    m_out.insert(m_out.end(), value.begin(), value.end());
    return *this;
}

ByteView Reader::take(std::size_t octets) {
    if (octets > m_rest.size()) m_failed = true;
    if (m_failed) return {};
    const ByteView out = m_rest.first(octets);
    m_rest = m_rest.subspan(octets);
    return out;
}

std::uint8_t Reader::octet() {
    return static_cast<std::uint8_t>(bigEndian(take(1)));
}

std::uint64_t Reader::number() {
    return bigEndian(take(8));
}

Time Reader::time() {
    const std::uint64_t value = number();
    if (value > kLastSecond) m_failed = true;
    return m_failed ? Time{} : fromUnix(static_cast<std::int64_t>(value));
}

ByteView Reader::bytes() {
    return take(static_cast<std::size_t>(bigEndian(take(kLengthOctets))));
}

std::size_t Reader::count(std::size_t most) {
    const std::uint64_t value = number();
    if (value > most || value > m_rest.size()) m_failed = true;
    return m_failed ? 0 : static_cast<std::size_t>(value);
}

Result<void> Reader::finish() const {
    if (!m_failed && m_rest.empty()) return {};
    return fail(ErrorKind::Malformed, "a message between daemon and signer is not as it should be");
}

}  // namespace mailca::ca::wire
