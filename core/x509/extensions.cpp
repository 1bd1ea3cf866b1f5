#include "core/x509/extensions.h"

#include <algorithm>

#include "core/x509/der.h"
#include "core/x509/facts.h"

namespace mailca::x509 {
namespace {

Result<Bytes> encodeUri(const std::string& url) {
    const bool printable = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7F; });
    if (url.empty() || !printable) return fail(ErrorKind::Malformed, "\"" + url + "\" is not a URL");
    return der::text(der::primitive(6), url);
}

Result<Bytes> encodeOids(const std::vector<std::string>& oids) {
    Bytes all;
    for (const std::string& one : oids) {
        TRY(const Bytes encoded, der::oid(one));
        der::append(all, encoded);
    }
    return der::tagged(der::kSequence, all);
}

Result<Bytes> encodeBasicConstraints(const std::optional<int>& pathLength) {
    static constexpr std::uint8_t kTrue[] = {0xFF};
    Bytes length;
    if (pathLength) {
        if (*pathLength < 0) return fail(ErrorKind::Malformed, "a path length cannot be negative");
        length = der::smallInteger(static_cast<std::uint64_t>(*pathLength));
    }
    return encodeExtension("2.5.29.19", Criticality::Critical,
                           der::sequence({der::tagged(der::kBoolean, kTrue), length}));
}

Result<Bytes> encodePolicies(const std::vector<std::string>& policies, const std::string& cpsUrl) {
    Bytes all, qualifiers;
    if (!cpsUrl.empty()) {
        TRY_VOID(encodeUri(cpsUrl));
        TRY(const Bytes cps, der::oid("1.3.6.1.5.5.7.2.1"));
        qualifiers = der::sequence({der::sequence({cps, der::text(der::kIa5String, cpsUrl)})});
    }
    for (const std::string& policy : policies) {
        TRY(const Bytes id, der::oid(policy));
        der::append(all, der::sequence({id, all.empty() ? qualifiers : Bytes{}}));
    }
    return encodeExtension("2.5.29.32", Criticality::NotCritical, der::tagged(der::kSequence, all));
}

Result<Bytes> encodeAccess(const CertificateFields& fields) {
    Bytes all;
    const auto add = [&all](std::string_view method, const std::vector<std::string>& urls) -> Result<void> {
        TRY(const Bytes id, der::oid(method));
        for (const std::string& url : urls) {
            TRY(const Bytes location, encodeUri(url));
            der::append(all, der::sequence({id, location}));
        }
        return {};
    };
    TRY_VOID(add("1.3.6.1.5.5.7.48.1", fields.ocspUrls));
    TRY_VOID(add("1.3.6.1.5.5.7.48.2", fields.caIssuersUrls));
    return encodeExtension("1.3.6.1.5.5.7.1.1", Criticality::NotCritical, der::tagged(der::kSequence, all));
}

// RFC 4262: what RFC 8551 section 2.5.2 has in signed mails, here of ciphers alone.
Result<Bytes> encodeSmimeCapabilities(const std::vector<std::string>& ciphers) {
    Bytes all;
    for (const std::string& cipher : ciphers) {
        TRY(const Bytes id, der::oid(cipher));
        der::append(all, der::sequence({id}));
    }
    return encodeExtension("1.2.840.113549.1.9.15", Criticality::NotCritical, der::tagged(der::kSequence, all));
}

// SEQUENCE { notBefore [0] GeneralizedTime, notAfter [1] GeneralizedTime }, both implicit.
Result<Bytes> encodePrivateKeyUsage(const std::pair<Time, Time>& period) {
    Bytes from = der::generalizedTime(period.first), until = der::generalizedTime(period.second);
    from.front() = der::primitive(0);
    until.front() = der::primitive(1);
    return encodeExtension("2.5.29.16", Criticality::NotCritical, der::sequence({from, until}));
}

Result<Bytes> encodeOcspNoCheck() {
    return encodeExtension("1.3.6.1.5.5.7.48.1.5", Criticality::NotCritical, der::tagged(der::kNull, {}));
}

Result<Bytes> encodeSubjectKeyId(const crypto::PublicKey& key) {
    return encodeExtension("2.5.29.14", Criticality::NotCritical, der::tagged(der::kOctetString, keyIdentifier(key)));
}

Result<Bytes> encodeCrlUrls(const std::vector<std::string>& urls) {
    TRY(const Bytes point, encodeFullName(urls));
    return encodeExtension("2.5.29.31", Criticality::NotCritical, der::sequence({der::sequence({point})}));
}

Result<Bytes> encodeExtendedKeyUsage(const CertificateFields& fields) {
    TRY(const Bytes oids, encodeOids(fields.extendedKeyUsage));
    const auto criticality = fields.extendedKeyUsageCritical ? Criticality::Critical : Criticality::NotCritical;
    return encodeExtension("2.5.29.37", criticality, oids);
}

}  // namespace

Result<Bytes> encodeExtension(std::string_view oid, Criticality criticality, ByteView value) {
    static constexpr std::uint8_t kTrue[] = {der::kBoolean, 1, 0xFF};
    TRY(const Bytes id, der::oid(oid));
    const ByteView critical = criticality == Criticality::Critical ? ByteView(kTrue) : ByteView();
    return der::sequence({id, critical, der::tagged(der::kOctetString, value)});
}

Result<Bytes> encodeMailboxName(const EmailAddress& mailbox, Criticality criticality) {
    Bytes name = der::text(der::primitive(1), mailbox.text());
    if (!mailbox.isAscii()) {
        TRY(const Bytes type, der::oid(kSmtpUtf8Mailbox));
        const Bytes value = der::tagged(der::constructed(0), der::text(der::kUtf8String, mailbox.text()));
        name = der::around(der::constructed(0), {type, value});
    }
    return encodeExtension("2.5.29.17", criticality, der::sequence({name}));
}

Result<Bytes> encodeKeyUsage(unsigned bits) {
    return encodeExtension("2.5.29.15", Criticality::Critical, der::namedBits(bits));
}

Result<Bytes> encodeAuthorityKeyId(ByteView keyIdentifier) {
    return encodeExtension("2.5.29.35", Criticality::NotCritical,
                           der::sequence({der::tagged(der::primitive(0), keyIdentifier)}));
}

Result<Bytes> encodeFullName(const std::vector<std::string>& urls) {
    Bytes names;
    for (const std::string& url : urls) {
        TRY(const Bytes name, encodeUri(url));
        der::append(names, name);
    }
    return der::tagged(der::constructed(0), der::tagged(der::constructed(0), names));
}

Result<Bytes> encodeExtensions(const CertificateFields& fields, Criticality subjectAltName) {
    Bytes all;
    const auto add = [&all](bool wanted, auto encode) -> Result<void> {
        if (!wanted) return {};
        TRY(const Bytes extension, encode());
        der::append(all, extension);
        return {};
    };
    TRY_VOID(add(fields.ca, [&] { return encodeBasicConstraints(fields.pathLength); }));
    TRY_VOID(add(fields.keyUsage != 0, [&] { return encodeKeyUsage(fields.keyUsage); }));
    TRY_VOID(add(!fields.extendedKeyUsage.empty(), [&] { return encodeExtendedKeyUsage(fields); }));
    TRY_VOID(add(!fields.policies.empty(), [&] { return encodePolicies(fields.policies, fields.cpsUrl); }));
    TRY_VOID(add(fields.mailbox.has_value(), [&] { return encodeMailboxName(*fields.mailbox, subjectAltName); }));
    TRY_VOID(add(!fields.crlUrls.empty(), [&] { return encodeCrlUrls(fields.crlUrls); }));
    TRY_VOID(add(!fields.caIssuersUrls.empty() || !fields.ocspUrls.empty(), [&] { return encodeAccess(fields); }));
    TRY_VOID(add(true, [&] { return encodeSubjectKeyId(fields.key); }));
    TRY_VOID(add(!fields.authorityKeyId.empty(), [&] { return encodeAuthorityKeyId(fields.authorityKeyId); }));
    TRY_VOID(add(!fields.smimeCapabilities.empty(), [&] { return encodeSmimeCapabilities(fields.smimeCapabilities); }));
    TRY_VOID(add(fields.privateKeyUsage.has_value(), [&] { return encodePrivateKeyUsage(*fields.privateKeyUsage); }));
    TRY_VOID(add(fields.ocspNoCheck, [&] { return encodeOcspNoCheck(); }));
    return der::tagged(der::kSequence, all);
}

}  // namespace mailca::x509
