// Pre-issuance linting (standards D38): every certificate, CRL and OCSP response is judged on its exact to-be-signed
// bytes before the CA's key sees them. One rule is one function with one citation. There are no warnings: where a
// rulebook says SHOULD, our own certificates do, and a finding stops the issuance.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ca/lint/response_data.h"
#include "ca/lint/tbs.h"
#include "core/clock.h"
#include "core/email_address.h"
#include "core/x509/certificate.h"

namespace mailca::ca::lint {

enum class CertificateKind : unsigned {
    Subscriber = 1,
    IssuingCa = 2,
    Root = 4,
    OcspResponder = 8,
    TimestampUnit = 16
};

// What the certificate is meant to be: the rules compare with it.
struct CertificateContext {
    CertificateKind kind = CertificateKind::Subscriber;
    std::string hierarchy;                      // one of ca/hierarchy.h
    const x509::Certificate* issuer = nullptr;  // nullptr: a root
    std::optional<EmailAddress> mailbox;        // the validated one, of a subscriber
    std::string crlUrl;                         // where its revocation will stand

    bool isTimestamp() const;
    crypto::PublicKey issuerKey(const x509::Certificate& own) const;
};

// The certificate under judgement: read by OpenSSL, and taken apart without it.
struct Inspected {
    const x509::Certificate& certificate;
    TbsCertificate tbs;
};

struct Rule {
    std::string_view id;
    std::string_view citation;
    unsigned kinds;  // of CertificateKind
    std::optional<std::string> (*find)(const Inspected&, const CertificateContext&);
};
inline constexpr unsigned kSubscribers = 1, kIssuingCas = 2, kRoots = 4, kResponders = 8, kUnits = 16,
                          kCas = kIssuingCas | kRoots, kAllKinds = kSubscribers | kCas | kResponders | kUnits;

struct CrlContext {
    const x509::Certificate* issuer = nullptr;
    std::string distributionPoint;  // the shard's URL (F4); empty: of everything the CA issued
};
struct InspectedCrl {
    TbsCrl tbs;
    Time thisUpdate, nextUpdate;
};
struct CrlRule {
    std::string_view id;
    std::string_view citation;
    std::optional<std::string> (*find)(const InspectedCrl&, const CrlContext&);
};

struct OcspContext {
    const x509::Certificate* responder = nullptr;
    crypto::SignatureAlgorithm algorithm;  // of the signature, which stands outside of the ResponseData
};
struct OcspRule {
    std::string_view id;
    std::string_view citation;
    std::optional<std::string> (*find)(const ResponseData&, const OcspContext&);
};

struct Finding {
    std::string rule;
    std::string citation;
    std::string detail;
};
// The findings as one error of kind Lint; none: no error.
Result<void> judge(const std::vector<Finding>& findings);

// The tables, for the tests and the documentation.
const std::vector<Rule>& certificateRules();
std::vector<CrlRule> crlRules();
std::span<const OcspRule> ocspRules();

// Linting of to-be-signed bytes under a fixed dummy signature. Lint also when the bytes cannot be parsed at all. `key`,
// where given, is the key that they should certify, decoded.
Result<std::vector<Finding>> lintCertificate(ByteView tbs, crypto::SignatureAlgorithm algorithm,
                                             const CertificateContext& context, const crypto::PublicKey* key = nullptr);
// The same for a CRL, which a million entries make too large to be held as objects: its octets alone are read.
Result<std::vector<Finding>> lintCrl(ByteView tbs, crypto::SignatureAlgorithm algorithm, const CrlContext& context);
// The same for the ResponseData of an OCSP response; its algorithm stands outside of it.
Result<std::vector<Finding>> lintOcsp(ByteView responseData, const OcspContext& context);

}  // namespace mailca::ca::lint
