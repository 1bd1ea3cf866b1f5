// Verifies the DKIM signatures of a mail (RFC 6376, 8301, 8463) on its own bytes. Facts a signature; whether one of
// them is good enough for a challenge (A33-A36) is judged in enroll/va. Authentication-Results headers are never looked
// at (A34).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "dns/resolver.h"
#include "mail/message.h"

namespace mailca::mail {

class DkimLibrary;

enum class DkimVerdict : std::uint8_t {
    Pass,      // key and signature are good
    Fail,      // will not get better: wrong, expired, revoked, unusable by policy
    TempFail,  // the key could not be looked up: ask again later
};

struct DkimResult {
    DkimVerdict verdict = DkimVerdict::Fail;
    std::string reason;                                   // why not Pass, a sentence; empty for Pass
    std::string domain;                                   // d=, lower case
    std::string selector;                                 // s=
    std::string algorithm;                                // a=, "rsa-sha256" or "ed25519-sha256" for Pass
    std::string identity;                                 // i=, or "@" and d= without one
    std::vector<std::string> signedHeaders;               // h= as listed, repetitions included, lower case
    bool hasLengthTag = false;                            // l= is there: Fail (J4)
    bool testingKey = false;                              // t=y in the key record: Fail (J6)
    unsigned keyBits = 0;                                 // 0 if no key was loaded
    std::string keyRecord;                                // TXT as found, for the audit (A49)
    dns::Security dnssec = dns::Security::Indeterminate;  // of the key record
};

// J8: further signatures are not looked at.
inline constexpr std::size_t kMaxDkimSignatures = 8;

// Thread-safe. `resolver` and `clock` must outlive it.
class DkimVerifier {
 public:
    DkimVerifier(dns::Resolver& resolver, const Clock& clock);
    ~DkimVerifier();
    DkimVerifier(const DkimVerifier&) = delete;
    DkimVerifier& operator=(const DkimVerifier&) = delete;

    // One result a DKIM-Signature field, from the top, kMaxDkimSignatures at most; empty if the mail has none. Blocks
    // for as long as the resolver does, once a signature. With a `domain` (lower-case A-labels) only signatures of that
    // domain are looked up, and none after one whose key could not be: whoever writes the mail names the domains, and
    // must not choose how long we wait.
    std::vector<DkimResult> verify(const Message& message, const std::optional<std::string>& domain = {}) const;

 private:
    DkimResult verifyOne(const Message& message, const Header& field, const std::optional<std::string>& domain) const;
    // Puts the one record at `name` into the result, or the verdict that there is none.
    bool lookUpKey(const std::string& name, DkimResult& result) const;

    dns::Resolver& m_resolver;
    const Clock& m_clock;
    std::unique_ptr<const DkimLibrary> m_library;
};

}  // namespace mailca::mail
