// An authority for tests: the real ceremony, P-256, sealed cheaply, in a folder that goes away with its owner. And
// proofs for tests of rooms that do not link enroll: include "tests/ca/judges.h" there.
#pragma once

#include <stdexcept>
#include <string>

#include "ca/audit/key.h"
#include "ca/authority.h"
#include "ca/authority_file.h"
#include "ca/ceremony.h"
#include "ca/profile.h"
#include "ca/signer/local_signer.h"
#include "ca/signing_keys.h"
#include "tests/support/fake_clock.h"
#include "tests/support/files.h"

namespace mailca::test {

// The kinds of keys that a CA can have (D14), and their names for tests that are run for each of them.
inline constexpr crypto::KeySpec kCaKeys[] = {
    {crypto::KeyType::P256, 0}, {crypto::KeyType::P384, 0}, {crypto::KeyType::Rsa, 4096}};
struct CaKeyName {
    template <typename Info>
    std::string operator()(const Info& info) const {
        if (info.param.type == crypto::KeyType::P256) return "P256";
        return info.param.type == crypto::KeyType::P384 ? "P384" : "Rsa4096";
    }
};

// The least that libsodium takes: no protection, no waiting.
inline constexpr ca::SealCost kCheapSeal{1, 8192};

// The value, or a broken test.
template <typename T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error(result.error().text());
    return std::move(result).value();
}
inline void must(const Result<void>& result) {
    if (!result) throw std::runtime_error(result.error().text());
}

inline Secret passphrase() {
    return Secret::copyOf(asBytes("correct horse battery staple"));
}

// Of an authority's folder, sealed with that pass-phrase.
inline ca::audit::Key auditKeyIn(const std::string& folder) {
    return ca::audit::Key(must(ca::readSealedKey(ca::issuerKeyPath(folder, ca::audit::kKeyName), passphrase())));
}

inline ca::CeremonyPlan ceremonyPlan(const TempDir& folder) {
    ca::CeremonyPlan plan;
    plan.folder = folder.file("authority");
    plan.baseUrl = "http://pki.example.org";
    plan.organization = "Example Mail CA";
    plan.country = "DE";
    plan.crlShards = 4;
    return plan;
}

// The issuing CAs of every hierarchy with their units, below their roots, opened; with RSA keys, which take seconds to
// make, of three hierarchies only. Made at `clock`'s time, 2026-11-23 unless told otherwise.
class AuthorityOnDisk final {
 public:
    explicit AuthorityOnDisk(const Clock& clock = FakeClock(), crypto::KeySpec keys = {crypto::KeyType::P256, 0})
        : m_file(make(m_folder, clock, keys)),
          m_authority(must(ca::Authority::open(m_file))),
          m_keys(must(ca::SigningKeys::open(m_file, m_authority, passphrase()))) {}

    const ca::Authority& authority() const { return m_authority; }
    const ca::SigningKeys& keys() const { return m_keys; }
    const ca::Issuer& smime() const { return *m_authority.forHierarchy("smime"); }
    const ca::Issuer& timestamp() const { return *m_authority.forHierarchy("mailbox-timestamp"); }
    const std::string& file() const { return m_file; }  // authority.toml
    std::string folder() const { return m_folder.file("authority"); }
    std::string path(std::string_view name) const { return folder() + "/" + std::string(name); }

 private:
    static std::string make(const TempDir& folder, const Clock& clock, crypto::KeySpec keys) {
        SystemRandom random;
        ca::CeremonyPlan plan = ceremonyPlan(folder);
        plan.keys = keys;
        if (keys.type == crypto::KeyType::Rsa) plan.hierarchies = {"smime", "mailbox-timestamp", "timestamp"};
        const ca::Ceremony ceremony = must(ca::Ceremony::plan(plan, clock, random));
        return must(ceremony.perform(passphrase(), kCheapSeal));
    }

    TempDir m_folder;
    std::string m_file;
    ca::Authority m_authority;
    ca::SigningKeys m_keys;
};

// The signer over it, in this process. Its timestamps believe the machine's clock.
inline ca::LocalSigner localSigner(const AuthorityOnDisk& disk, const Clock& clock, Random& random) {
    static const ca::tsa::UncheckedClock kTrusted;
    return ca::LocalSigner(disk.authority(), disk.keys(), clock, random, {kTrusted, ca::tsa::milliseconds{500}});
}

// The profiles as they are shipped.
inline ca::Profiles shippedProfiles() {
    return must(ca::Profiles::load(std::string(MAILCA_SOURCE_DIR) + "/policies"));
}

}  // namespace mailca::test
