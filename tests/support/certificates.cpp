#include "tests/support/certificates.h"

namespace mailca::test {
namespace {

x509::Certificate signedWith(const x509::CertificateFields& fields, const crypto::PrivateKey& key) {
    const Bytes tbs = x509::encodeTbsCertificate(fields).value();
    const Bytes signature = key.sign(fields.signature, tbs).value();
    return x509::Certificate::fromDer(x509::assemble(tbs, fields.signature, signature).value()).value();
}

}  // namespace

x509::CertificateFields caFields(const crypto::PublicKey& key, const std::string& commonName) {
    SystemRandom random;
    const x509::NameParts name{"DE", "Test", commonName};
    x509::CertificateFields fields{.serial = Serial::random(random),
                                   .signature = crypto::SignatureAlgorithm::EcdsaSha256,
                                   .issuer = name,
                                   .subject = name,
                                   .notBefore = parseRfc3339("2026-01-01T00:00:00Z").value(),
                                   .notAfter = parseRfc3339("2027-12-31T23:59:59Z").value(),
                                   .key = key};
    fields.ca = true;
    fields.keyUsage = x509::kKeyCertSign | x509::kCrlSign;
    return fields;
}

x509::CertificateFields leafFields(const crypto::PublicKey& key, const std::string& mailbox) {
    x509::CertificateFields fields = caFields(key, mailbox);
    fields.subject = x509::NameParts{};
    fields.ca = false;
    fields.mailbox = EmailAddress::parse(mailbox).value();
    fields.keyUsage = x509::kDigitalSignature;
    fields.extendedKeyUsage = {std::string(x509::oid::kEmailProtection)};
    return fields;
}

crypto::PrivateKey makeKey(crypto::KeyType type, int rsaBits) {
    return crypto::PrivateKey::generate({type, type == crypto::KeyType::Rsa ? rsaBits : 0}).value();
}

x509::Certificate sign(x509::CertificateFields fields, const Identity& issuer) {
    fields.issuer = issuer.certificate.subjectDer();
    fields.authorityKeyId = issuer.certificate.subjectKeyId();
    fields.signature = issuer.key.defaultAlgorithm();
    return signedWith(fields, issuer.key);
}

Identity makeRoot(const std::string& commonName, crypto::KeyType type) {
    crypto::PrivateKey key = makeKey(type);
    x509::CertificateFields fields = caFields(key.publicKey(), commonName);
    fields.signature = key.defaultAlgorithm();
    x509::Certificate certificate = signedWith(fields, key);
    return {std::move(key), std::move(certificate)};
}

Identity makeLeaf(const Identity& issuer, const std::string& mailbox, crypto::KeyType type) {
    crypto::PrivateKey key = makeKey(type);
    x509::CertificateFields fields = leafFields(key.publicKey(), mailbox);
    fields.keyUsage |= type == crypto::KeyType::Rsa ? x509::kKeyEncipherment : x509::kKeyAgreement;
    x509::Certificate certificate = sign(std::move(fields), issuer);
    return {std::move(key), std::move(certificate)};
}

}  // namespace mailca::test
