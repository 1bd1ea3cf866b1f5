// Networks of IP addresses: for rules that name them, and for counting an IPv6 client by its /64, of which it has every
// address.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace mailca {

class IpNetwork {
 public:
    // "192.0.2.0/24", "2001:db8::/32", or one address. Parse: neither, or bits behind the prefix.
    static Result<IpNetwork> parse(std::string_view text);
    // Of a client: its IPv4 address, or the /64 of its IPv6 address. Parse: no IP address.
    static Result<IpNetwork> ofClient(std::string_view address);
    bool contains(const IpNetwork& other) const;
    std::string text() const;

 private:
    using Octets = std::array<std::uint8_t, 16>;
    IpNetwork(Octets octets, int prefix, bool v4) : m_octets(octets), m_prefix(prefix), m_v4(v4) {}
    static Result<IpNetwork> parseAddress(std::string_view text);
    IpNetwork shortened(int prefix) const;  // the network of that many bits that it lies in
    Octets m_octets;                        // IPv4: the first four
    int m_prefix;
    bool m_v4;
};

}  // namespace mailca
