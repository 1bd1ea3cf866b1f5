// Certificates, CRLs and OCSP responses for other people's linters, made by the real CA out of random requests:
//   lint_samples FOLDER COUNT [SEED]
// FOLDER/<hierarchy>/<profile>/<n>.der, COUNT of each profile; those for mail once more in strict/ and multipurpose/,
// with the policy of that mailbox-validated generation of the S/MIME BR in the place of the operator's; cas/, crls/,
// ocsp/ for every kind of CA key, and the same of SM2 in sm2-cas/, sm2-crls/, sm2-ocsp/.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "ca/crl.h"
#include "ca/hierarchy.h"
#include "ca/ocsp/responder.h"
#include "core/x509/builder.h"
#include "tests/ca/issuance_fixture.h"
#include "tests/ca/lint/defects.h"
#include "tests/ca/ocsp/openssl_ocsp.h"
#include "tests/interop/lint_samples/mailboxes.h"

namespace mailca {
namespace {

namespace fs = std::filesystem;
using crypto::KeyType;
using std::chrono::days;
using test::must;
using namespace std::chrono_literals;

void write(const fs::path& path, ByteView der) {
    fs::create_directories(path.parent_path());
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(der.data()), static_cast<std::streamsize>(der.size()));
    if (!file.flush()) throw std::runtime_error(path.string() + ": cannot be written");
}

class Accepting final : public ca::Ledger, public ca::ServiceLedger {
 public:
    Result<void> recordIntents(const ca::IntentsOfOrder&) override { return {}; }
    Result<void> recordIntent(const ca::ServiceIntent&) override { return {}; }
    Result<void> recordIssued(const ca::ServiceRecord& record) override {
        services.push_back(record);
        return {};
    }
    Result<void> adopt(const ca::ServiceRecord&) override { return {}; }
    Result<bool> isRevoked(const std::string&, const Serial&) override { return false; }
    std::vector<ca::ServiceRecord> services;
};

using Choice = std::mt19937_64;
std::int64_t below(Choice& choice, std::int64_t end) {
    return std::uniform_int_distribution<std::int64_t>(0, end - 1)(choice);
}

// Making RSA keys takes longer than all the rest: each is used for some certificates, in turns.
class RsaKeys final {
 public:
    const crypto::PrivateKey& next(const ca::Profile& profile, Choice& choice) {
        constexpr std::size_t kKeys = 8;
        std::vector<crypto::PrivateKey>& pool = m_pools[profile.rsaMinBits];
        if (pool.size() == kKeys) return pool[static_cast<std::size_t>(below(choice, kKeys))];
        const int steps = (profile.rsaMaxBits - profile.rsaMinBits) / 8;
        const int sizes[] = {profile.rsaMinBits, 3072, profile.rsaMaxBits,
                             profile.rsaMinBits + 8 * static_cast<int>(below(choice, steps))};
        const int bits = sizes[pool.size() % std::size(sizes)];
        pool.push_back(must(crypto::PrivateKey::generate({KeyType::Rsa, bits})));
        return pool.back();
    }

 private:
    std::map<int, std::vector<crypto::PrivateKey>> m_pools;
};

// One authority, and what it makes.
class Town final {
 public:
    Town(crypto::KeySpec caKeys, std::string name, std::uint64_t seed, RsaKeys& rsaKeys)
        : m_name(std::move(name)), m_choice(seed), m_mailboxes(m_choice), m_disk(m_clock, caKeys), m_rsaKeys(rsaKeys) {}

    bool has(const ca::Profile& profile) const { return m_disk.authority().forHierarchy(profile.hierarchy) != nullptr; }

    void issue(const fs::path& folder, const ca::Profile& profile, int from, int end) {
        for (int n = from; n < end; ++n) {
            m_clock.set(m_start + days{below(300)} + seconds{below(86400)});
            const ca::Issued issued = std::move(must(m_issuance.issue({request(profile)})).front());
            const std::string file = profile.name + "/" + std::to_string(n) + ".der";
            write(folder / profile.hierarchy / file, issued.certificate().der());
            if (profile.hierarchy == ca::kSmime) write(folder / "strict" / file, asserted(issued.certificate(), 3));
            if (profile.hierarchy == ca::kSmimeMultipurpose)
                write(folder / "multipurpose" / file, asserted(issued.certificate(), 2));
        }
        m_clock.set(m_start);
    }

    void writeCas(const fs::path& folder) const {
        for (const auto& root : m_disk.authority().roots()) {
            write(folder / place("cas", root.name, ".der"), root.certificate.der());
            write(folder / place("crls", root.name, ".crl"), root.crl);
        }
        for (const auto& issuer : m_disk.authority().issuers())
            write(folder / place("cas", issuer->name, ".der"), issuer->certificate.der());
        for (const ca::Hierarchy& hierarchy : ca::hierarchies()) {
            const ca::TimestampUnit* unit = m_disk.authority().timestampUnit(hierarchy.name);
            if (unit != nullptr) write(folder / place("cas", unit->name, ".der"), unit->certificate.der());
        }
    }

    // Every issuing CA: nobody revoked; 1,000 entries with every reason.
    void writeCrls(const fs::path& folder) {
        const Time now = m_clock.now();
        constexpr int kReasons[] = {0, 1, 3, 4, 5, 9};
        for (const auto& issuer : m_disk.authority().issuers()) {
            ca::CrlRequest shard{0, 1, now, now + days{7}, {}};
            write(folder / place("crls", issuer->name, "-empty.crl"),
                  must(ca::signCrl(*issuer, m_disk.keys().of(*issuer), shard)));
            for (int n = 0; n < 1000; ++n) {
                const int reason = kReasons[below(std::size(kReasons))];
                shard.revoked.push_back({Serial::random(m_random), now - seconds{below(86400 * 300)},
                                         reason == 0 ? std::nullopt : std::optional(reason)});
            }
            std::ranges::sort(shard.revoked, {}, [](const auto& entry) { return entry.serial.bytes(); });
            shard.number = UINT64_MAX;
            shard.nextUpdate = now + days{10};
            write(folder / place("crls", issuer->name, "-full.crl"),
                  must(ca::signCrl(*issuer, m_disk.keys().of(*issuer), shard)));
        }
    }

    // Every issuing CA's responder and its certificate: each status, each hash, with a nonce and without, several ids
    // in one.
    void writeOcsp(const fs::path& folder) {
        ca::ocsp::Responder responder(m_disk.authority(), m_signer, m_ledger, m_clock);
        const std::pair<const char*, ca::ocsp::Status> statuses[] = {
            {"good", ca::ocsp::Good{}},
            {"revoked", ca::ocsp::Revoked{m_clock.now() - 24h, std::nullopt}},
            {"revoked-reason", ca::ocsp::Revoked{m_clock.now() - 24h, 1}},
            {"unknown", ca::ocsp::Unknown{}}};
        constexpr std::size_t kNonces[] = {0, 16, 32};
        for (const auto& issuer : m_disk.authority().issuers()) {
            for (std::size_t n = 0; n < 48; ++n) {
                const auto& [name, status] = statuses[n % 4];
                const bool sha256 = n / 4 % 2 == 1;
                const std::size_t nonce = kNonces[n / 8 % 3], ids = n < 24 ? 1 : 3;
                const std::vector<test::Asked> asked(ids, {&issuer->certificate, Serial::random(m_random), sha256});
                const std::string rest = std::string("-") + name + (sha256 ? "-sha256" : "-sha1") + "-nonce" +
                                         std::to_string(nonce) + "-ids" + std::to_string(ids) + ".der";
                write(folder / place("ocsp", issuer->name, rest),
                      answer(responder, test::ocspRequest(asked, m_random.bytes(nonce)), status));
            }
        }
        for (const ca::ServiceRecord& record : m_ledger.services)
            write(folder / place("cas", record.issuer, "-responder.der"), record.der);
    }

 private:
    // Where a file of a hierarchy's CA goes: no linter knows SM2.
    fs::path place(const std::string& kind, const std::string& name, const std::string& rest) const {
        return (name.starts_with("sm2-") ? "sm2-" + kind : kind) + "/" + m_name + "-" + name + rest;
    }

    std::int64_t below(std::int64_t end) { return mailca::below(m_choice, end); }

    ca::IssuanceRequest request(const ca::Profile& profile) {
        const EmailAddress mailbox = m_mailboxes.next();
        const auto kinds = static_cast<std::int64_t>(profile.curves.size()) + (profile.rsaMaxBits > 0 ? 1 : 0);
        const auto kind = static_cast<std::size_t>(below(kinds));
        std::optional<crypto::PrivateKey> fresh;
        if (kind < profile.curves.size()) fresh = must(crypto::PrivateKey::generate({profile.curves[kind], 0}));
        const crypto::PrivateKey& key = fresh ? *fresh : m_rsaKeys.next(profile, m_choice);
        ca::Use use = profile.use;
        if (profile.narrowable) use = std::array{ca::Use::Dual, ca::Use::Sign, ca::Use::Encrypt}[below(3)];
        const Time now = m_clock.now();
        const Bytes csr = must(x509::makeRequest(key, mailbox, std::nullopt));
        return {OrderId::random(m_random),
                &profile,
                use,
                ra::ValidationJudge::validated(mailbox, AccountId::random(m_random), AuthorizationId::random(m_random),
                                               now),
                va::CaaJudge::permitted(mailbox.domain(), now, now + 1h),
                must(ca::KeyPolicy::check(key.publicKey(), profile)),
                va::RequestJudge::verified(must(x509::CertificateRequest::fromDer(csr)), mailbox)};
    }

    // The certificate with one policy, that of this generation (D1). Nobody ever signs such a thing; linters do not
    // look at signatures.
    static Bytes asserted(const x509::Certificate& certificate, int generation) {
        const std::string policy = "300b3009060767810c0105010" + std::to_string(generation);
        const Bytes tbs = test::withExtension(certificate.tbs(), "551d20", test::extension("551d20", false, policy));
        return test::joined(
            0x30, {tbs, certificate.signatureAlgorithmDer(), test::tlv(0x03, Bytes{0, 0x30, 0x06, 2, 1, 1, 2, 1, 1})});
    }

    Bytes answer(ca::ocsp::Responder& responder, const Bytes& request, const ca::ocsp::Status& status) const {
        const ca::ocsp::Request parsed = must(ca::ocsp::parseRequest(request));
        std::vector<ca::ocsp::SingleResponse> responses;
        for (const ca::ocsp::CertId& id : parsed.ids) responses.push_back({id.der, status});
        const ca::Issuer* issuer = must(responder.issuerOf(parsed));
        return must(responder.sign(*issuer, std::move(responses), parsed.nonce)).der;
    }

    const std::string m_name;
    Choice m_choice;
    test::Mailboxes m_mailboxes;
    SystemRandom m_random;
    test::FakeClock m_clock;
    const Time m_start = m_clock.now();
    test::AuthorityOnDisk m_disk;
    Accepting m_ledger;
    ca::LocalSigner m_signer = localSigner(m_disk, m_clock, m_random);
    ca::Issuance m_issuance{m_signer, m_ledger, m_clock};
    RsaKeys& m_rsaKeys;
};

void makeAll(const fs::path& folder, int count, std::uint64_t seed) {
    const ca::Profiles profiles = test::shippedProfiles();
    RsaKeys rsaKeys;
    std::vector<std::unique_ptr<Town>> towns;
    for (const crypto::KeySpec& keys : test::kCaKeys) {
        const std::string name = keys.type == KeyType::Rsa ? "rsa4096" : keys.type == KeyType::P256 ? "p256" : "p384";
        towns.push_back(std::make_unique<Town>(keys, name, seed + towns.size(), rsaKeys));
        towns.back()->writeCas(folder);
        towns.back()->writeCrls(folder);
        towns.back()->writeOcsp(folder);
    }
    for (const auto& file : fs::directory_iterator(MAILCA_SOURCE_DIR "/policies")) {
        const ca::Profile* profile = profiles.find(file.path().stem().string());
        if (profile == nullptr) continue;
        std::vector<Town*> issuing;  // with RSA keys an authority of the tests has some hierarchies only
        for (const auto& town : towns) {
            if (town->has(*profile)) issuing.push_back(town.get());
        }
        const auto share = [&](std::size_t n) {
            return static_cast<int>(n) * count / static_cast<int>(issuing.size());
        };
        for (std::size_t n = 0; n < issuing.size(); ++n) issuing[n]->issue(folder, *profile, share(n), share(n + 1));
        std::cout << profile->name << " " << count << "\n";
    }
}

}  // namespace
}  // namespace mailca

int main(int count, char** words) {
    if (count < 3 || count > 4) {
        std::cerr << "lint_samples FOLDER COUNT [SEED]\n";
        return 2;
    }
    try {
        mailca::makeAll(words[1], std::atoi(words[2]), count == 4 ? std::strtoull(words[3], nullptr, 10) : 1);
        return 0;
    } catch (const std::exception& error) {
        std::cerr << "lint_samples: " << error.what() << "\n";
        return 1;
    }
}
