// Signs mails of ours with DKIM (RFC 6376, RFC 8463), in the form that deployed ACME mail clients can read. Why this is
// our own code over libcrypto: docs/decisions/dkim.md.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"
#include "core/secret.h"

namespace mailca::mail {

struct DkimKey {
    std::string domain;    // d=, lower-case A-labels; must equal the From domain of what is signed (A29)
    std::string selector;  // s=
    Secret pem;            // private key, PKCS#8 PEM: RSA of 2048 bits or more, or Ed25519
};

// Thread-safe once made.
class DkimSigner {
 public:
    // `lifetime` is how long a signature is good (x= minus t=). Config error: no key, two algorithms' keys of different
    // domains, a key that is neither RSA-2048 or better nor Ed25519, a domain or selector that is no DNS name.
    static Result<DkimSigner> create(std::vector<DkimKey> keys, seconds lifetime);
    DkimSigner(DkimSigner&&) noexcept;
    DkimSigner& operator=(DkimSigner&&) noexcept;
    ~DkimSigner();

    // The mail (CRLF line ends, as compose() gives it) with one DKIM-Signature a key on top: RSA first, Ed25519 after
    // it, relaxed/relaxed, h= by A27-A28 on one line with From, To and Subject oversigned, t= and x= set, no l= (J11).
    // Malformed error: no end of headers, or a From that is not one bare address in the keys' domain.
    Result<std::string> sign(std::string_view message, Time now) const;

    // What belongs into the zone: "<selector>._domainkey.<domain>" and the TXT text with the public key.
    struct DnsRecord {
        std::string name;
        std::string text;
    };
    std::vector<DnsRecord> dnsRecords() const;

 private:
    struct State;
    explicit DkimSigner(std::unique_ptr<const State> state);
    std::unique_ptr<const State> m_state;
};

}  // namespace mailca::mail
