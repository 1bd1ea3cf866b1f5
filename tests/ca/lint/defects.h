// Defective to-be-signed bytes: a good structure with one part exchanged, lengths put right again.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "ca/lint/tbs.h"

namespace mailca::test {

inline Bytes tlv(std::uint8_t tag, ByteView content) {
    const std::size_t size = content.size();
    Bytes out;
    out.reserve(size + 4);
    out.push_back(tag);
    if (size >= 0x80) out.push_back(size >= 0x100 ? 0x82 : 0x81);
    if (size >= 0x100) out.push_back(static_cast<std::uint8_t>(size >> 8));
    out.push_back(static_cast<std::uint8_t>(size));
    out.insert(out.end(), content.begin(), content.end());
    return out;
}

inline Bytes fromHexOrThrow(std::string_view hex) {
    auto bytes = fromHex(hex);
    if (!bytes) throw std::logic_error("not hex");
    return *bytes;
}

// The bytes with `from` (hex, the first place it stands) replaced by `to` of the same length.
inline Bytes patched(Bytes bytes, std::string_view from, std::string_view to) {
    const Bytes what = fromHexOrThrow(from);
    const Bytes by = fromHexOrThrow(to);
    const auto at = std::search(bytes.begin(), bytes.end(), what.begin(), what.end());
    if (at == bytes.end() || what.size() != by.size()) throw std::logic_error("nothing to patch");
    std::copy(by.begin(), by.end(), at);
    return bytes;
}

inline std::vector<Bytes> partsOf(ByteView sequence) {
    const auto elements = ca::lint::readInside(sequence, sequence[0]);
    if (!elements) throw std::logic_error("no DER");
    std::vector<Bytes> out;
    for (const auto& element : *elements) out.emplace_back(element.whole.begin(), element.whole.end());
    return out;
}

inline Bytes joined(std::uint8_t tag, const std::vector<Bytes>& parts) {
    Bytes content;
    for (const Bytes& part : parts) content.insert(content.end(), part.begin(), part.end());
    return tlv(tag, content);
}

inline Bytes withPart(ByteView tbs, std::size_t index, const Bytes& part) {
    auto parts = partsOf(tbs);
    parts.at(index) = part;
    return joined(0x30, parts);
}

inline Bytes withInserted(ByteView tbs, std::size_t index, const Bytes& part) {
    auto parts = partsOf(tbs);
    parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(index), part);
    return joined(0x30, parts);
}

// An Extension; its value as hex.
inline Bytes extension(std::string_view oidHex, bool critical, std::string_view valueHex) {
    std::vector<Bytes> parts{tlv(0x06, fromHexOrThrow(oidHex))};
    if (critical) parts.push_back({0x01, 0x01, 0xFF});
    parts.push_back(tlv(0x04, fromHexOrThrow(valueHex)));
    return joined(0x30, parts);
}

// The extensions, the last part of a TBSCertificate or TBSCertList, with those of this OID exchanged for `by` (empty:
// gone), or `by` added when none has it.
inline Bytes withExtension(ByteView tbs, std::string_view oidHex, const Bytes& by) {
    auto parts = partsOf(tbs);
    const Bytes oid = tlv(0x06, fromHexOrThrow(oidHex));
    const Bytes sequence = partsOf(parts.back()).at(0);
    std::vector<Bytes> out;
    bool found = false;
    for (const Bytes& one : partsOf(sequence)) {
        const bool same = partsOf(one).at(0) == oid;
        found = found || same;
        if (!same) out.push_back(one);
        if (same && !by.empty()) out.push_back(by);
    }
    if (!found) out.push_back(by);
    parts.back() = tlv(parts.back().at(0), joined(0x30, out));
    return joined(0x30, parts);
}

// The same extension once more, with whether it is critical turned round.
inline Bytes withCriticalityTurned(ByteView tbs, std::string_view oidHex) {
    const Bytes sequence = partsOf(partsOf(tbs).back()).at(0);
    for (const Bytes& one : partsOf(sequence)) {
        auto parts = partsOf(one);
        if (parts.at(0) != tlv(0x06, fromHexOrThrow(oidHex))) continue;
        if (parts.size() == 3) {
            parts.erase(parts.begin() + 1);
        } else {
            parts.insert(parts.begin() + 1, Bytes{0x01, 0x01, 0xFF});
        }
        return withExtension(tbs, oidHex, joined(0x30, parts));
    }
    throw std::logic_error("no such extension");
}

}  // namespace mailca::test
