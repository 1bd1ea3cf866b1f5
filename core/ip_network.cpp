#include "core/ip_network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace mailca {
namespace {

constexpr int kClientBits = 64;  // RFC 7421: what a site gives one link

}  // namespace

Result<IpNetwork> IpNetwork::parseAddress(std::string_view text) {
    Octets octets{};
    const std::string address(text);
    if (::inet_pton(AF_INET, address.c_str(), octets.data()) == 1) return IpNetwork(octets, 32, true);
    if (::inet_pton(AF_INET6, address.c_str(), octets.data()) == 1) {
        constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};  // RFC 4291 2.5.5.2
        if (!std::equal(kMapped.begin(), kMapped.end(), octets.begin())) return IpNetwork(octets, 128, false);
        Octets plain{};
        std::copy(octets.begin() + kMapped.size(), octets.end(), plain.begin());
        return IpNetwork(plain, 32, true);
    }
    return fail(ErrorKind::Parse, "not an IP address: " + address);
}

IpNetwork IpNetwork::shortened(int prefix) const {
    Octets octets = m_octets;
    for (int bit = prefix; bit < 128; ++bit) {
        octets[static_cast<std::size_t>(bit / 8)] &= static_cast<std::uint8_t>(~(0x80U >> (bit % 8)));
    }
    return {octets, prefix, m_v4};
}

Result<IpNetwork> IpNetwork::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    TRY(const IpNetwork address, parseAddress(text.substr(0, slash)));
    if (slash == std::string_view::npos) return address;
    const std::string_view length = text.substr(slash + 1);
    int prefix = 0;
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), prefix);
    if (error != std::errc() || end != length.data() + length.size() || prefix < 0 || prefix > address.m_prefix) {
        return fail(ErrorKind::Parse, "not the length of a prefix: " + std::string(length));
    }
    const IpNetwork network = address.shortened(prefix);
    if (network.m_octets != address.m_octets) {
        return fail(ErrorKind::Parse, "bits are set behind the prefix: write " + network.text());
    }
    return network;
}

Result<IpNetwork> IpNetwork::ofClient(std::string_view text) {
    TRY(const IpNetwork address, parseAddress(text));
    return address.m_v4 ? address : address.shortened(kClientBits);
}

bool IpNetwork::contains(const IpNetwork& other) const {
    return m_v4 == other.m_v4 && m_prefix <= other.m_prefix && other.shortened(m_prefix).m_octets == m_octets;
}

std::string IpNetwork::text() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(m_v4 ? AF_INET : AF_INET6, m_octets.data(), text.data(), text.size());
    return std::string(text.data()) + "/" + std::to_string(m_prefix);
}

}  // namespace mailca
