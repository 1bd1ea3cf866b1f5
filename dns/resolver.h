// What the rest of mailca asks of the DNS: TXT records (DKIM keys) and CAA records, each answer with how far DNSSEC
// vouches for it. The room's own implementation is dns/unbound_resolver.h; tests bring tables.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mailca::dns {

enum class Status : std::uint8_t {
    Found,       // `records` holds at least one record
    NoData,      // the name exists, the type does not
    NoSuchName,  // NXDOMAIN
    Failed,      // nothing is known: timeout, SERVFAIL, REFUSED, bogus, a record that does not parse; see `reason`
};

// RFC 4035 section 4.3. Indeterminate: nobody looked (no trust anchor is configured) or nothing could be learned (a
// failed lookup). Only a proof makes Secure or Insecure. A Bogus answer always comes with Status::Failed and no
// records.
enum class Security : std::uint8_t { Secure, Insecure, Bogus, Indeterminate };

template <typename Record>
struct Answer {
    Status status = Status::Failed;
    Security security = Security::Indeterminate;
    std::chrono::seconds ttl{0};  // of negative answers too; 0 for failed ones
    std::vector<Record> records;
    std::string reason;  // why it failed; empty otherwise
};

// RFC 8659 section 4.1.1.
struct CaaRecord {
    std::uint8_t flags = 0;
    std::string tag;    // lower case: tags compare without case (C21)
    std::string value;  // octets as sent, not judged here
    bool operator==(const CaaRecord&) const = default;
};

using TxtAnswer = Answer<std::string>;  // one string a record, its character-strings joined (RFC 6376 section 3.6.2.2)
using CaaAnswer = Answer<CaaRecord>;

// Thread-safe; every call blocks, for a bounded time. CNAME and DNAME are followed. `name` is absolute, its labels
// A-labels, with or without the last dot; one that isQueryName() refuses is answered with Failed and never sent.
class Resolver {
 public:
    virtual ~Resolver() = default;
    virtual TxtAnswer txt(std::string_view name) = 0;
    virtual CaaAnswer caa(std::string_view name) = 0;
};

// Letters, digits, "-" and "_" in labels of 1 to 63, 253 octets at most: no other name can hold what we look for, and
// no other name reaches the library's own parser of escapes.
bool isQueryName(std::string_view name);

std::string_view toText(Status status);
std::string_view toText(Security security);

}  // namespace mailca::dns
