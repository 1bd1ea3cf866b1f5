// The certificate of a unit of the timestamping service (CSBR 6.3.2, EN 319 421, EN 319 422); what it has in common
// with mailbox timestamping stands with the usages.
#include <array>

#include "ca/lint/rules.h"
#include "ca/lint/times.h"
#include "ca/months.h"

namespace mailca::ca::lint {
namespace {

using std::chrono::months;
using Found = std::optional<std::string>;

constexpr months kLongestLife{135}, kLongestUse{15};  // E4

Found life(const Inspected& it, const CertificateContext&) {
    if (it.certificate.notAfter() <= monthsLater(it.certificate.notBefore(), kLongestLife)) return {};
    return "the certificate of a timestamping unit is valid for more than 135 months";
}

Found keyUse(const Inspected& it, const CertificateContext&) {
    const RawExtension* extension = it.tbs.extension(oid::kPrivateKeyUsage);
    if (extension == nullptr) return "privateKeyUsagePeriod is missing";
    const auto parts = readInside(extension->value, tag::kSequence);
    const bool both = parts && parts->size() == 2 && parts->front().tag == tag::primitive(0) &&
                      parts->back().tag == tag::primitive(1);
    if (!both) return "privateKeyUsagePeriod (" + toHex(extension->value) + ") has not both of its times";
    const auto timeOf = [](Element time) {
        time.tag = tag::kGeneralizedTime;  // it is implicit
        return readGeneralizedTime(time);
    };
    const auto from = timeOf(parts->front()), until = timeOf(parts->back());
    const bool good = from && until && *from == it.certificate.notBefore() && *until > *from &&
                      *until <= monthsLater(it.certificate.notBefore(), kLongestUse) &&
                      *until <= it.certificate.notAfter();
    if (good) return {};
    return "privateKeyUsagePeriod is not from notBefore on, for 15 months at most";
}

Found keyType(const Inspected& it, const CertificateContext& context) {
    const bool edwards = it.certificate.publicKey().type() == crypto::KeyType::Ed25519;
    if (!edwards || !context.isTimestamp()) return {};
    return "a key for timestamping is Ed25519, which the rulebook does not know there";
}

constexpr std::array kRules{
    Rule{"timestamp-key-type", "E4", kSubscribers | kCas | kUnits, keyType},
    Rule{"unit-life", "E4", kUnits, life},
    Rule{"unit-key-use", "E4, E5", kUnits, keyUse},
};

}  // namespace

std::span<const Rule> unitRules() {
    return kRules;
}

}  // namespace mailca::ca::lint
