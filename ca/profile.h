// A certificate profile: policies/*.toml, read strictly, checked against the rulebook's ceilings, then immutable.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ca/weak_keys.h"
#include "core/clock.h"
#include "core/crypto/key.h"
#include "core/result.h"

namespace mailca::ca {

// What a certificate's key is for; with the key type it decides keyUsage (standards D20, A53).
enum class Use : std::uint8_t { Sign, Encrypt, Dual, Timestamp };
std::string_view nameOf(Use use);

struct Profile {
    std::string name;         // "smime-sign"
    std::string description;  // shown in the ACME directory
    std::string hierarchy;    // which issuing CA: ca/hierarchy.h
    Use use = Use::Sign;
    bool narrowable = false;  // a dual profile whose CSR may ask for signing or encryption only (A52)
    seconds validity{0};      // notAfter - notBefore + 1 s, the backdating included
    seconds backdate{0};
    int rsaMinBits = 0, rsaMaxBits = 0;          // 0, 0: RSA refused
    std::vector<crypto::KeyType> curves;         // of P256 and P384, or Sm2 alone
    std::vector<std::string> policies;           // certificatePolicies OIDs
    std::vector<std::string> extendedKeyUsage;   // dotted OIDs
    std::vector<std::string> smimeCapabilities;  // dotted OIDs of ciphers that owners' programs read, best first (D23)
    bool ocsp = false;                           // authorityInfoAccess names the OCSP responder, too (D18: MAY)
    std::shared_ptr<const WeakKeys> weakKeys;    // refused, whatever the rest says (D13); nullptr: no list
};

// The profiles and the bundles made of them ("smime" = smime-sign + smime-encrypt). Immutable, thread-safe.
class Profiles {
 public:
    // Every *.toml of a directory, and the lists in its folder weak-keys. Config error naming the file, the line and
    // the rule (D20, D21, D24, ...) it would break.
    static Result<Profiles> load(const std::string& directory);
    static Result<Profiles> parse(const std::vector<std::pair<std::string, std::string>>& namesAndTexts);

    const Profile* find(std::string_view name) const;
    // The same without the profiles of other hierarchies, and without the bundles that need one of them: what an
    // authority can issue today. Config when the default is among them.
    Result<Profiles> servedBy(const std::function<bool(const std::string& hierarchy)>& has) const;

    // Members of a profile name (itself) or a bundle name, in order; empty: nothing that an order may name (a
    // temporary key proves no mailbox control, so that no order is for one).
    std::vector<std::string> expand(std::string_view name) const;
    bool isBundle(std::string_view name) const { return m_bundles.contains(std::string(name)); }
    const WeakKeys& weakKeys() const { return *m_weakKeys; }
    const std::string& defaultName() const { return m_default; }  // what a plain order without a profile gets
    // Every profile and bundle that an order may name with its description, for the directory's meta.profiles (C7).
    std::vector<std::pair<std::string, std::string>> advertised() const;

 private:
    struct Bundle {
        std::string description;
        std::vector<std::string> members;
    };
    std::map<std::string, Profile> m_profiles;
    std::map<std::string, Bundle> m_bundles;
    std::shared_ptr<const WeakKeys> m_weakKeys = std::make_shared<const WeakKeys>();
    std::string m_default;
};

// keyUsage bits for this use and key (D20; SM2: I11): RSA sign/encrypt/dual, EC sign/encrypt (keyAgreement)/dual,
// timestamp.
unsigned keyUsageFor(Use use, crypto::KeyType key);
// The use a CSR's keyUsage asks for within the profile (A52, A53). BadCsr when it asks for what the profile does not
// give.
Result<Use> narrowedUse(const Profile& profile, std::optional<unsigned> requestedKeyUsage, crypto::KeyType key);

}  // namespace mailca::ca
