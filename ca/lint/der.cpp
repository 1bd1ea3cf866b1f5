#include "ca/lint/der.h"

namespace mailca::ca::lint {
namespace {

// X.690 section 10.1: the definite form with the fewest octets. Advances `rest` behind the length.
std::optional<std::size_t> readLength(ByteView& rest) {
    if (rest.empty()) return std::nullopt;
    const std::uint8_t first = rest.front();
    rest = rest.subspan(1);
    if (first < 0x80) return first;
    const std::size_t octets = first & 0x7FU;
    if (octets == 0 || octets > 4 || octets > rest.size() || rest.front() == 0) return std::nullopt;
    std::size_t length = 0;
    for (const std::uint8_t octet : rest.first(octets)) length = length << 8 | octet;
    if (length < 0x80) return std::nullopt;
    rest = rest.subspan(octets);
    return length;
}

}  // namespace

std::optional<Element> readFirst(ByteView bytes) {
    if (bytes.empty() || (bytes.front() & 0x1FU) == 0x1FU) return std::nullopt;  // long tags occur nowhere in X.509
    ByteView rest = bytes.subspan(1);
    const auto length = readLength(rest);
    if (!length || *length > rest.size()) return std::nullopt;
    const std::size_t size = bytes.size() - rest.size() + *length;
    return Element{bytes.front(), rest.first(*length), bytes.first(size)};
}

std::optional<std::vector<Element>> readElements(ByteView bytes) {
    std::vector<Element> out;
    while (!bytes.empty()) {
        const auto element = readFirst(bytes);
        if (!element) return std::nullopt;
        out.push_back(*element);
        bytes = bytes.subspan(element->whole.size());
    }
    return out;
}

std::optional<Element> readOne(ByteView bytes, std::uint8_t tag) {
    const auto elements = readElements(bytes);
    if (!elements || elements->size() != 1 || elements->front().tag != tag) return std::nullopt;
    return elements->front();
}

std::optional<std::vector<Element>> readInside(ByteView bytes, std::uint8_t tag) {
    const auto outer = readOne(bytes, tag);
    return outer ? readElements(outer->content) : std::nullopt;
}

std::string oidText(ByteView content) {
    std::string out;
    std::uint64_t arc = 0;
    bool inside = false;
    for (const std::uint8_t octet : content) {
        if ((!inside && octet == 0x80) || arc > (UINT64_MAX >> 7)) return {};
        arc = arc << 7 | (octet & 0x7FU);
        inside = (octet & 0x80U) != 0;
        if (inside) continue;
        if (out.empty()) {  // X.690 section 8.19.4: the first two arcs share one number
            const std::uint64_t top = std::min<std::uint64_t>(arc / 40, 2);
            out = std::to_string(top);
            arc -= top * 40;
        }
        out += "." + std::to_string(arc);
        arc = 0;
    }
    return inside ? std::string{} : out;
}

}  // namespace mailca::ca::lint
