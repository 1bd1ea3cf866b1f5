#include "web/origin.h"

#include <arpa/inet.h>

#include <array>
#include <optional>
#include <string>

namespace mailca::web {
namespace {

constexpr std::string_view kSecretField = "X-Proxy-Secret";
constexpr std::string_view kAddressField = "X-Real-IP";
constexpr std::string_view kClientFields = "X-Client-";

std::optional<std::string> canonicalAddress(std::string_view text) {
    const std::string address(text);
    for (const int family : {AF_INET, AF_INET6}) {
        std::array<unsigned char, sizeof(in6_addr)> binary{};
        std::array<char, INET6_ADDRSTRLEN> spelled{};
        if (::inet_pton(family, address.c_str(), binary.data()) != 1) continue;
        return ::inet_ntop(family, binary.data(), spelled.data(), spelled.size());
    }
    return std::nullopt;
}

bool knowsSecret(const HeaderFields& fields, const Secret& proxySecret) {
    const auto claimed = fields.find(kSecretField);
    return !proxySecret.empty() && claimed && fields.count(kSecretField) == 1 && proxySecret.equals(asBytes(*claimed));
}

}  // namespace

void settleOrigin(Request& request, std::string_view socketPeer, const Secret& proxySecret) {
    request.via = knowsSecret(request.headers, proxySecret) ? Via::Proxy : Via::Direct;
    request.headers.remove(kSecretField);
    request.peer = socketPeer;
    if (request.via == Via::Direct) {
        request.headers.remove(kAddressField);
        request.headers.removePrefixed(kClientFields);
        return;
    }
    if (request.headers.count(kAddressField) != 1) return;
    if (auto address = canonicalAddress(*request.header(kAddressField))) request.peer = *std::move(address);
}

}  // namespace mailca::web
