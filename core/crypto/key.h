// Keys and raw signatures. The only algorithms are those the project issues for or meets in JWS and DKIM.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/bytes.h"
#include "core/result.h"
#include "core/secret.h"

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace mailca::crypto {

enum class KeyType : std::uint8_t { Rsa, P256, P384, P521, Ed25519, Sm2, Other };
std::string_view nameOf(KeyType type);  // "RSA", "P-256", ... as people write them

// What a signature is made with. ECDSA, EdDSA and SM2 are tied to their key (standards D11, I5); RSA is PKCS#1 v1.5.
enum class SignatureAlgorithm : std::uint8_t {
    RsaSha256,
    RsaSha384,
    RsaSha512,
    EcdsaSha256,
    EcdsaSha384,
    EcdsaSha512,
    Ed25519,
    Sm2Sm3  // with the identifier 1234567812345678 of GM/T 0009 section 10 (standards I6), always
};

struct KeySpec {
    KeyType type = KeyType::P256;
    int rsaBits = 0;  // for RSA only
};

// An immutable public key; cheap to copy, thread-safe.
class PublicKey {
 public:
    // DER SubjectPublicKeyInfo; refuses points off the curve and trailing bytes.
    static Result<PublicKey> fromSpki(ByteView der);
    static Result<PublicKey> fromEcPoint(KeyType curve, ByteView x, ByteView y);
    static Result<PublicKey> fromRsa(ByteView modulus, ByteView exponent);
    static Result<PublicKey> fromEd25519(ByteView raw);
    explicit PublicKey(std::shared_ptr<evp_pkey_st> key);

    KeyType type() const { return m_type; }
    int bits() const { return m_bits; }
    const Bytes& spki() const { return m_spki; }  // DER
    Bytes spkiSha256() const;
    Bytes rsaModulus() const;  // big-endian; empty unless RSA
    Bytes rsaExponent() const;
    Bytes rawPoint() const;  // EC, SM2: x || y; Ed25519: its 32 octets; empty for others
    // The one algorithm the project signs certificates and CRLs with for such a key (D11, I5): RSA and P-256 SHA-256,
    // P-384 SHA-384, Ed25519, SM2 SM3.
    SignatureAlgorithm defaultAlgorithm() const;
    // DER (ECDSA-Sig-Value, SM2Signature) or raw signatures as the algorithm has them. Error Crypto when it does not
    // verify.
    Result<void> verify(SignatureAlgorithm algorithm, ByteView data, ByteView signature) const;
    evp_pkey_st* handle() const { return m_key.get(); }
    bool operator==(const PublicKey& other) const { return m_spki == other.m_spki; }

 private:
    PublicKey(std::shared_ptr<evp_pkey_st> key, KeyType type, Bytes spki);
    static Result<PublicKey> fromRaw(KeyType type, ByteView bits);  // as in core/crypto/spki.h
    std::shared_ptr<evp_pkey_st> m_key;
    KeyType m_type;
    int m_bits;
    Bytes m_spki;
};

// A private key. Move-only; wiped by OpenSSL when dropped. sign() is thread-safe.
class PrivateKey {
 public:
    PrivateKey(PrivateKey&&) noexcept = default;
    PrivateKey& operator=(PrivateKey&&) noexcept = default;
    PrivateKey(const PrivateKey&) = delete;
    PrivateKey& operator=(const PrivateKey&) = delete;

    // RSA of 1024 to 8192 bits; whether that is enough is for others to judge.
    static Result<PrivateKey> generate(const KeySpec& spec);
    static Result<PrivateKey> fromPem(std::string_view pem);  // unencrypted PKCS#8 (or traditional) PEM
    static Result<PrivateKey> fromPkcs8(ByteView der);
    Result<Secret> toPem() const;  // PKCS#8
    Result<Secret> toPkcs8() const;

    const PublicKey& publicKey() const { return m_public; }  // holds no private half
    KeyType type() const { return m_public.type(); }
    // Io when the key lies in a token that does not answer.
    Result<Bytes> sign(SignatureAlgorithm algorithm, ByteView data) const;
    SignatureAlgorithm defaultAlgorithm() const { return m_public.defaultAlgorithm(); }
    evp_pkey_st* handle() const { return m_key.get(); }

 private:
    friend class Token;
    explicit PrivateKey(std::shared_ptr<evp_pkey_st> key);
    std::shared_ptr<evp_pkey_st> m_key;
    PublicKey m_public;
};

// Puts OpenSSL's private numbers into locked memory; once, at the start of a program that holds CA or mailbox keys,
// before any thread. On an error (Io, with what to do) the program may go on: keys are still wiped, but may reach the
// swap.
Result<void> lockKeyMemory();

}  // namespace mailca::crypto
