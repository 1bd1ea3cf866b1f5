// The certificate authority as everybody may know it: what the ceremony left but the keys. Those are the signer's
// (ca/signing_keys.h).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ca/authority_file.h"
#include "ca/hierarchy.h"
#include "ca/profile.h"
#include "core/crypto/key.h"
#include "core/x509/certificate.h"

namespace mailca::ca {

struct Issuer {
    std::string name;       // "smime-1": stable, in URLs and the store
    std::string hierarchy;  // one of ca/hierarchy.h
    x509::Certificate certificate;
    std::vector<x509::Certificate> chain;  // above it, root last
    int crlShards = 1;
    std::string baseUrl;  // "http://pki.example.org", without a trailing slash

    int shardOf(const Serial& serial) const;  // stable (F7)
    std::string crlUrl(int shard) const;      // {base}/crl/{name}/{shard}.crl
    std::string certificateUrl() const;       // {base}/issuer/{name}.cer
    std::string ocspUrl() const;              // {base}/ocsp
    const x509::Certificate& root() const { return chain.back(); }
    // Of everything it signs (D11).
    crypto::SignatureAlgorithm algorithm() const { return certificate.publicKey().defaultAlgorithm(); }
};

// A unit of the timestamping service: a key that signs nothing else (E5).
struct TimestampUnit {
    std::string name;  // "timestamp-unit-1"
    const Issuer* issuer;
    x509::Certificate certificate;

    std::string policy() const;
    Time keyEnd() const;  // it signs until then (E4)
};

// Immutable once opened; thread-safe.
class Authority {
 public:
    // Reads authority.toml and the certificates beside it. Config: a file is damaged or missing.
    static Result<Authority> open(const std::string& authorityFile);

    // What was done to it under a reviewed file, for the audit log.
    const std::vector<CeremonyRecord>& ceremonies() const { return m_ceremonies; }
    const std::string& baseUrl() const { return m_baseUrl; }
    const std::vector<std::unique_ptr<Issuer>>& issuers() const { return m_issuers; }
    const Issuer* find(std::string_view name) const;
    const Issuer* forHierarchy(std::string_view hierarchy) const;  // the one that issues today
    const TimestampUnit* findUnit(std::string_view name) const;
    // The one that signs today; nullptr: the ceremony made none.
    const TimestampUnit* timestampUnit(std::string_view hierarchy = kServiceTimestamp) const;
    std::vector<const TimestampUnit*> timestampUnits() const;  // all that sign today: of SM2 and of the rest
    // Roots and the roots' own CRLs are files of the ceremony, served as they are.
    struct RootFile {
        std::string name;
        x509::Certificate certificate;
        Bytes crl;
    };
    const std::vector<RootFile>& roots() const { return m_roots; }

 private:
    std::string m_baseUrl;
    std::vector<CeremonyRecord> m_ceremonies;
    std::vector<std::unique_ptr<Issuer>> m_issuers;
    std::vector<RootFile> m_roots;
    std::vector<std::unique_ptr<TimestampUnit>> m_units;
};

}  // namespace mailca::ca
