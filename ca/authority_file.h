// What the ceremony leaves and the daemon opens. In one folder:
//   authority.toml                         the plan: base URL, roots, issuing CAs
//   <name>.cer  <name>.pem                 certificate of a root or an issuing CA, DER and PEM
//   <issuing CA>.csr                       DER, while its root is asked to sign (ca/issuing_request.h)
//   <root>.crl                             what the root revoked, DER
//   <issuing CA or unit>.key               sealed (ca/key_store.h), unless its key lies in a token
//   audit-1.key  audit-1.spki              signs the audit log (ca/audit/key.h); the first is not there with a token
//   roots/<root>.key                       sealed; the daemon never needs it: move it offline
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/ids.h"
#include "core/result.h"

namespace mailca::ca {

inline constexpr int kMaxCrlShards = 4096;

struct IssuerEntry {
    std::string name;
    std::string hierarchy;
    std::string root;  // name
    int crlShards = 1;
    std::string key{};  // "pkcs11:..." when it lies in a token; empty: sealed, in its file
};

// A unit of the timestamping service; its key is kept like those of the issuing CAs.
struct UnitEntry {
    std::string name;
    std::string issuer;  // name
    std::string key{};
};

// An act on this folder under a reviewed file (docs/decisions/ceremony.md).
struct CeremonyRecord {
    std::string act;      // "performed", "requested", "signed", "installed"
    std::string subject;  // name of an issuing CA; empty: the whole
    std::string at;       // RFC 3339
    std::string sha256;   // of the file
    std::vector<std::string> confirmedBy{};
};

struct AuthorityFile {
    std::string baseUrl;
    std::vector<std::string> roots;  // names
    std::vector<IssuerEntry> issuers;
    std::vector<UnitEntry> units{};
    std::string tokenModule{};  // path of the PKCS#11 module; empty: every key is sealed
    std::string auditKey{};     // where the key of the audit log lies, as those of the issuing CAs
    std::vector<CeremonyRecord> ceremonies{};

    // Config. Without an issuing CA, too: those come when an offline root has signed them.
    static Result<AuthorityFile> load(const std::string& path);
    std::string text() const;
    bool hasIssuer(std::string_view name) const;
    const CeremonyRecord* findRecord(std::string_view act, std::string_view subject) const;  // the last one
};

// Config unless it is plain http (D17, D18), has a host, and nothing behind the path: it stands in every certificate
// for ever.
Result<void> checkBaseUrl(std::string_view url);

std::string certificatePath(const std::string& folder, std::string_view name);  // .cer
std::string pemPath(const std::string& folder, std::string_view name);
std::string crlPath(const std::string& folder, std::string_view root);
std::string issuerKeyPath(const std::string& folder, std::string_view name);
std::string rootKeyPath(const std::string& folder, std::string_view name);

// Which CRL shard of an issuing CA lists a serial: stable (F7).
int shardOf(const Serial& serial, int shards);

// The URLs in certificates. `base` has no trailing slash.
std::string issuerUrl(std::string_view base, std::string_view name);              // {base}/issuer/{name}.cer
std::string rootCrlUrl(std::string_view base, std::string_view root);             // {base}/crl/{root}.crl
std::string ocspUrl(std::string_view base);                                       // {base}/ocsp
std::string shardUrl(std::string_view base, std::string_view issuer, int shard);  // {base}/crl/{issuer}/{shard}.crl

}  // namespace mailca::ca
