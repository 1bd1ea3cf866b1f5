// Defective encodings, and keys that are no good for a CA: more rows for the table of
// tests/ca/lint/certificate_defects.h.
#pragma once

#include <string>
#include <vector>

#include "tests/ca/foreign_keys.h"
#include "tests/ca/lint/certificate_defects.h"

namespace mailca::ca::lint {

// The subject of a certificate exchanged for a Name of one attribute.
inline std::function<Bytes(const Bytes&)> withSubject(std::string_view oidHex, std::uint8_t tag,
                                                      const std::string& value) {
    const Bytes attribute =
        test::joined(0x30, {test::tlv(0x06, test::fromHexOrThrow(oidHex)), test::tlv(tag, asBytes(value))});
    const Bytes name = test::joined(0x30, {test::joined(0x31, {attribute})});
    return [name](const Bytes& tbs) { return test::withPart(tbs, 5, name); };
}

inline std::function<Bytes(const Bytes&)> withValue(std::string_view oidHex, bool critical, std::string_view valueHex) {
    const Bytes extension = test::extension(oidHex, critical, valueHex);
    return
        [extension, oid = std::string(oidHex)](const Bytes& tbs) { return test::withExtension(tbs, oid, extension); };
}

// The first place where this text stands, exchanged for another of its length.
inline std::function<Bytes(const Bytes&)> withText(const std::string& from, const std::string& to) {
    return [from, to](const Bytes& tbs) { return test::patched(tbs, toHex(asBytes(from)), toHex(asBytes(to))); };
}

inline Defects encodingDefects() {
    const std::string commonName = "550403", country = "550406", keyUsage = "551d0f", policies = "551d20";
    const std::string capabilities = "2a864886f70d01090f";
    const std::string aes = "300b060960864801650304012a";  // AES-256-CBC
    // A policy whose cPSuri is http:// and nothing behind.
    const std::string hostless = "30253023060a2b0601040181fd5901013015301306082b060105050702011607687474703a2f2f";
    return {
        {"name-strings", Kind::IssuingCa, {}, withSubject(country, tag::kPrintableString, "de"), "2.5.4.6"},
        {"name-strings", Kind::Smime, {}, withSubject(commonName, 0x14, "alice@example.org"), "no string of its type"},
        {"name-strings", Kind::Smime, {}, withSubject(commonName, tag::kPrintableString, "alice@example.org")},
        {"name-strings", Kind::IssuingCa, {}, withSubject(country, tag::kUtf8String, "DE")},
        {"name-lengths",
         Kind::IssuingCa,
         {},
         withSubject(commonName, tag::kUtf8String, std::string(65, 'a')),
         "has 65"},
        {"name-lengths", Kind::IssuingCa, {}, withSubject(commonName, tag::kUtf8String, ""), "has 0"},
        {"key-usage-encoding", Kind::Smime, {}, withValue(keyUsage, true, "03020080"), "fewest bits"},
        {"key-usage-encoding", Kind::Smime, {}, withValue(keyUsage, true, "0303078000")},
        {"key-usage-encoding", Kind::Smime, {}, withValue(keyUsage, true, "030100")},
        {"key-usage-encoding", Kind::Smime, {}, withValue(keyUsage, true, "03030600c0")},
        {"url-form",
         Kind::Smime,
         {},
         withText("//pki.example.org/issuer", "///ki.example.org/issuer"),
         "no absolute URL"},
        {"url-form", Kind::Smime, {}, withText("//pki.example.org/issuer", "//p i.example.org/issuer")},
        {"url-form", Kind::Smime, {}, withText("//pki.example.org/crl", "//me@.example.org/crl")},
        {"url-form", Kind::Smime, {}, withText("http://pki.example.org/crl", "http:/xpki.example.org/crl")},
        {"url-form", Kind::Smime, {}, withValue(policies, false, hostless)},
        {"url-form",
         Kind::Smime,
         [](F& f) { f.ocspUrls = {"http://" + std::string(64, 'a') + ".example.org/ocsp"}; },
         {}},
        {"smime-capabilities", Kind::Smime, {}, withValue(capabilities, false, "3000"), "no list"},
        {"smime-capabilities", Kind::Smime, {}, withValue(capabilities, false, "30023000"), "holds 3000"},
        {"smime-capabilities", Kind::Smime, {}, withValue(capabilities, false, "301a" + aes + aes), "twice"},
        {"never-critical", Kind::Smime, {}, withValue(capabilities, true, "300d" + aes)},
    };
}

inline Defects weakKeyDefects() {
    // The generator of P-256, compressed.
    const std::string compressed =
        "3039301306072a8648ce3d020106082a8648ce3d030107032200036b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945"
        "d898c296";
    return {
        {"rsa-weakness",
         Kind::Responder,
         [](F& f) { f.key = test::foreignKey("fermat-badkeys"); },
         {},
         "close together"},
        {"rsa-weakness", Kind::IssuingCa, [](F& f) { f.key = test::foreignKey("roca-badkeys"); }, {}, "CVE-2017-15361"},
        {"key-point",
         Kind::Smime,
         {},
         [compressed](auto& tbs) { return test::withPart(tbs, 6, test::fromHexOrThrow(compressed)); },
         "uncompressed"},
        {"timestamp-key-type", Kind::Timestamp, [](F& f) { f.key = freshKey(crypto::KeyType::Ed25519); }, {}},
        {"timestamp-key-type", Kind::Unit, [](F& f) { f.key = freshKey(crypto::KeyType::Ed25519); }, {}},
    };
}

}  // namespace mailca::ca::lint
