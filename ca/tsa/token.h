// A timestamp token: TSTInfo in a CMS SignedData (RFC 3161 section 2.4.2, RFC 5652, RFC 5816), written here and not by
// OpenSSL 3.0, which cannot sign one with SM2 (standards E24, I10). One writer for every kind of key.
#pragma once

#include <string>

#include "ca/authority.h"
#include "ca/tsa/clock.h"
#include "ca/tsa/query.h"

namespace mailca::ca::tsa {

struct TokenFields {
    ByteView serial;  // big-endian
    Instant time;
    milliseconds accuracy;
};

// A unit's half of its tokens, made once. Immutable, thread-safe; the unit must outlive it.
class TokenWriter final {
 public:
    TokenWriter(const TimestampUnit& unit, const crypto::PrivateKey& key);
    const TimestampUnit& unit() const { return m_unit; }
    const Bytes& policy() const { return m_policy; }  // OBJECT IDENTIFIER

    // TimeStampToken, DER. Crypto: the key cannot sign.
    Result<Bytes> write(const Query& query, const TokenFields& fields) const;

 private:
    Bytes tstInfo(const Query& query, const TokenFields& fields) const;
    Result<Bytes> signerInfo(ByteView tstInfo) const;

    const TimestampUnit& m_unit;
    const crypto::PrivateKey& m_key;
    const crypto::SignatureAlgorithm m_algorithm;
    const Bytes m_digestAlgorithm, m_signatureAlgorithm;
    const Bytes m_policy, m_signer, m_certificates;
    const Bytes m_contentType, m_signingCertificate;  // signed attributes that never change
};

// TimeStampResp with status granted around a token.
Bytes encodeGranted(ByteView token);

}  // namespace mailca::ca::tsa
