// Certificates, CRLs and OCSP responses for other people's linters, made by the real CA out of random requests:
//   lint_samples FOLDER COUNT [SEED]
// FOLDER/<hierarchy>/<profile>/<n>.der, COUNT of each profile; the same with the policy of the S/MIME BR's strict
// mailbox-validated generation in the place of the operator's in asserted/; cas/, crls/, ocsp/ for every kind of CA
// key.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "ca/crl.h"
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

    void issue(const fs::path& folder, const ca::Profile& profile, int count, int each, int offset) {
        for (int n = offset; n < count; n += each) {
            m_clock.set(m_start + days{below(300)} + seconds{below(86400)});
            const ca::Issued issued = std::move(must(m_issuance.issue({request(profile)})).front());
            const std::string file = profile.name + "/" + std::to_string(n) + ".der";
            write(folder / profile.hierarchy / file, issued.certificate().der());
            if (profile.hierarchy == "smime") write(folder / "asserted" / file, asserted(issued.certificate()));
        }
        m_clock.set(m_start);
    }

    void writeCas(const fs::path& folder) const {
        for (const auto& root : m_disk.authority().roots()) {
            write(folder / "cas" / (m_name + "-" + root.name + ".der"), root.certificate.der());
            write(folder / "crls" / (m_name + "-" + root.name + ".crl"), root.crl);
        }
        for (const auto& issuer : m_disk.authority().issuers())
            write(folder / "cas" / (m_name + "-" + issuer->name + ".der"), issuer->certificate.der());
        const ca::TimestampUnit& unit = *m_disk.authority().timestampUnit();
        write(folder / "cas" / (m_name + "-" + unit.name + ".der"), unit.certificate.der());
    }

    // Every issuing CA: nobody revoked; 1,000 entries with every reason.
    void writeCrls(const fs::path& folder) {
        const Time now = m_clock.now();
        constexpr int kReasons[] = {0, 1, 3, 4, 5, 9};
        for (const auto& issuer : m_disk.authority().issuers()) {
            ca::CrlRequest shard{0, 1, now, now + days{7}, {}};
            write(folder / "crls" / (m_name + "-" + issuer->name + "-empty.crl"), must(ca::signCrl(*issuer, shard)));
            for (int n = 0; n < 1000; ++n) {
                const int reason = kReasons[below(std::size(kReasons))];
                shard.revoked.push_back({Serial::random(m_random), now - seconds{below(86400 * 300)},
                                         reason == 0 ? std::nullopt : std::optional(reason)});
            }
            std::ranges::sort(shard.revoked, {}, [](const auto& entry) { return entry.serial.bytes(); });
            shard.number = UINT64_MAX;
            shard.nextUpdate = now + days{10};
            write(folder / "crls" / (m_name + "-" + issuer->name + "-full.crl"), must(ca::signCrl(*issuer, shard)));
        }
    }

    // Every issuing CA's responder and its certificate: each status, each hash, with a nonce and without, several ids
    // in one.
    void writeOcsp(const fs::path& folder) {
        ca::ocsp::Responder responder(m_disk.authority(), m_ledger, m_clock, m_random);
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
                const std::string file = m_name + "-" + issuer->name + "-" + name + (sha256 ? "-sha256" : "-sha1") +
                                         "-nonce" + std::to_string(nonce) + "-ids" + std::to_string(ids) + ".der";
                write(folder / "ocsp" / file,
                      answer(responder, test::ocspRequest(asked, m_random.bytes(nonce)), status));
            }
        }
        for (const ca::ServiceRecord& record : m_ledger.services)
            write(folder / "cas" / (m_name + "-" + record.issuer + "-responder.der"), record.der);
    }

 private:
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

    // The certificate with one policy, MV strict. Nobody ever signs such a thing; linters do not look at signatures.
    static Bytes asserted(const x509::Certificate& certificate) {
        const Bytes tbs = test::withExtension(certificate.tbs(), "551d20",
                                              test::extension("551d20", false, "300b3009060767810c01050103"));
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
    ca::Issuance m_issuance{m_disk.authority(), m_ledger, m_clock, m_random};
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
    const int each = static_cast<int>(towns.size());
    for (const auto& [name, description] : profiles.advertised()) {
        if (profiles.isBundle(name)) continue;
        for (int town = 0; town < each; ++town)
            towns[static_cast<std::size_t>(town)]->issue(folder, *profiles.find(name), count, each, town);
        std::cout << name << " " << count << "\n";
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
