// A reader of DER for the lints and for OCSP requests: the exact bytes, read without the library that wrote them. Views
// point into the caller's bytes, which must outlive them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.h"

namespace mailca::ca::lint {

namespace tag {
inline constexpr std::uint8_t kBoolean = 0x01, kInteger = 0x02, kBitString = 0x03, kOctetString = 0x04, kOid = 0x06,
                              kEnumerated = 0x0A, kUtf8String = 0x0C, kPrintableString = 0x13, kIa5String = 0x16,
                              kUtcTime = 0x17, kGeneralizedTime = 0x18, kSequence = 0x30, kSet = 0x31;
// Context-specific tags, as GeneralName and the extensions use them.
inline constexpr std::uint8_t primitive(unsigned number) {
    return static_cast<std::uint8_t>(0x80U | number);
}
inline constexpr std::uint8_t constructed(unsigned number) {
    return static_cast<std::uint8_t>(0xA0U | number);
}
}  // namespace tag

struct Element {
    std::uint8_t tag = 0;
    ByteView content;
    ByteView whole;  // with tag and length
};

// The element that `bytes` begins with; nullopt unless its length is definite, minimal and inside.
std::optional<Element> readFirst(ByteView bytes);
// The elements that fill `bytes`, one after another, each as readFirst() reads it.
std::optional<std::vector<Element>> readElements(ByteView bytes);
// The one element that fills `bytes` and has this tag.
std::optional<Element> readOne(ByteView bytes, std::uint8_t tag);
// The elements inside the one element of this tag that fills `bytes`.
std::optional<std::vector<Element>> readInside(ByteView bytes, std::uint8_t tag);

// Walks the fields of a SEQUENCE in order; a nullptr: the next one has another tag, or there is none.
class Fields final {
 public:
    explicit Fields(const std::vector<Element>& elements) : m_elements(elements) {}

    const Element* next() { return m_at < m_elements.size() ? &m_elements[m_at++] : nullptr; }
    const Element* next(std::uint8_t tag) { return peek() == tag ? next() : nullptr; }
    const Element* nextTime() { return peek() == tag::kUtcTime || peek() == tag::kGeneralizedTime ? next() : nullptr; }
    bool atEnd() const { return m_at == m_elements.size(); }

 private:
    std::uint8_t peek() const { return atEnd() ? std::uint8_t{0} : m_elements[m_at].tag; }
    const std::vector<Element>& m_elements;
    std::size_t m_at = 0;
};

// Dotted decimal of an OBJECT IDENTIFIER's content; empty when it is none.
std::string oidText(ByteView content);
inline bool same(ByteView a, ByteView b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace mailca::ca::lint
