// The audit log as it is exported and as anybody can check it (standards D51): JSON lines in a hash chain.
//   {"nr":7,"at":"2026-11-26T04:00:00Z","actor":"operator","act":"certificate.revoked","subject":"...","detail":{...},
//    "sha256":"<hex>"}                                                               (one line, no white space, no LF)
// sha256 is that of the previous line's hash (32 zero octets before row 1), followed by this line without its own last
// member: everything before `,"sha256":`, and "}". Numbers have no gaps.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/bytes.h"
#include "core/clock.h"
#include "core/crypto/key.h"
#include "core/json/json.h"

namespace mailca::ca::audit {

struct Row {
    std::int64_t nr = 0;  // from 1
    Time at;
    std::string actor;    // "operator", "account:<id>", "mailcad"
    std::string act;      // "order.issued"
    std::string subject;  // the id of what it was done to
    std::string detail;   // JSON object
};
struct Entry {
    Row row;
    Bytes sha256;
};
// The last row of a log, or of a part of it.
struct Head {
    std::int64_t nr = 0;
    Bytes sha256 = Bytes(32, 0);
    bool operator==(const Head&) const = default;
};

Bytes chained(ByteView previous, const Row& row);
std::string lineOf(const Entry& entry);
// Parse unless it is a line exactly as lineOf writes it. Whether its hash is right is Check's to say.
Result<Entry> parseLine(std::string_view line);

// The statement that the audit key signs: "mailca audit head 1", number, hash in hex, time, each with a line end. The
// row that holds it has the act kHeadSigned, its own `at` as the time, and the detail of signedDetail().
inline constexpr std::string_view kHeadSigned = "audit.signed";
std::string statementOf(const Head& head, Time at);
json::Value signedDetail(const Head& head, ByteView signature);

}  // namespace mailca::ca::audit
