// The certificates of CAs themselves, and the roots' CRLs: built, linted, signed, compared (standards D27-D30, D47).
#pragma once

#include <string>
#include <utility>

#include "ca/signing.h"
#include "core/clock.h"
#include "core/crypto/key.h"
#include "core/random.h"
#include "core/x509/builder.h"
#include "core/x509/certificate.h"

namespace mailca::ca {

inline constexpr std::size_t kMaxCaName = 64;  // RFC 5280 appendix A: ub-organization-name, ub-common-name

struct CaDescription {
    std::string hierarchy;
    x509::NameParts subject;
    std::string policy;   // of an issuing CA
    std::string crlUrl;   // of its root's CRL
    std::string rootUrl;  // of its root's certificate
};

// How long each kind lives, from the hour before `now` on (clocks run behind).
std::pair<Time, Time> rootLife(Time now);
std::pair<Time, Time> issuingLife(std::string_view hierarchy, Time now);
Time rootCrlEnd(Time now);

Result<x509::Certificate> signCertificate(LintedTbs tbs, const crypto::PrivateKey& issuerKey);
Result<x509::Certificate> signRoot(const CaDescription& ca, const crypto::PrivateKey& key, Time now, Random& random);
// Linted; to be signed with the root's key.
Result<LintedTbs> prepareIssuingCa(const CaDescription& ca, const crypto::PublicKey& key, const x509::Certificate& root,
                                   Time now, Random& random);
// A unit of the timestamping service, by its issuing CA; `shardUrl` of its own CRL shard is for its serial.
struct UnitDescription {
    std::string hierarchy;
    x509::NameParts subject;
    std::string policy;
    Serial serial;
    std::string crlUrl, issuerUrl, ocspUrl;
};
Result<x509::Certificate> signTimestampUnit(const UnitDescription& unit, const crypto::PublicKey& key,
                                            const x509::Certificate& issuer, const crypto::PrivateKey& issuerKey,
                                            Time now);
// How long a unit signs: 15 months from its certificate's notBefore on (E4).
Time unitKeyEnd(Time notBefore);
// A root's CRL for everything it signed, empty at the ceremony. DER.
struct RootCrlContent {
    std::uint64_t number = 1;
    Time thisUpdate;
    std::vector<x509::RevokedEntry> revoked{};  // by ascending serial number, each with a reason (D50)
};
Result<Bytes> signRootCrl(const x509::Certificate& root, const crypto::PrivateKey& rootKey,
                          const RootCrlContent& content);

}  // namespace mailca::ca
