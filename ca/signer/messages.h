// Requests and answers between the daemon and the signer, as octets. Both ends are of one release; what either reads is
// read strictly all the same.
#pragma once

#include <vector>

#include "ca/signer/claimed_proofs.h"
#include "ca/signer/signer.h"

namespace mailca::ca::messages {

// What a connection begins with, sent by the signer once it serves. It changes with the encoding.
inline constexpr std::string_view kGreeting = "mailca signer 2\n";

enum class Kind : std::uint8_t { Prepare = 1, PrepareResponder, Sign, Crl, Status, Timestamp, AuditHead };

inline constexpr std::size_t kMostCertificates = 16;  // of one order
inline constexpr std::size_t kMostUnits = 64;         // of timestamping
inline constexpr std::size_t kSmall = 512 * 1024;     // octets of every message that is no CRL
inline constexpr std::size_t kLarge = 256 << 20;      // a list of some millions
// The most octets that a message with this first octet may have, asked or answered.
inline std::size_t mostFor(std::uint8_t kind) {
    return kind == static_cast<std::uint8_t>(Kind::Crl) ? kLarge : kSmall;
}

struct CrlMessage {
    std::string issuer;
    CrlRequest request;
};

// The first octet is the kind.
Bytes encodePrepare(const std::vector<IssuanceRequest>& requests);
Bytes encodePrepareResponder(std::string_view issuer);
Bytes encodeSign(const Handle& handle);
Bytes encodeCrl(std::string_view issuer, const CrlRequest& request);
Bytes encodeStatus(const StatusRequest& request);
Bytes encodeTimestamp(const TimestampRequest& request);
Bytes encodeAuditHead(const AuditStatement& statement);

// Of what stands behind the kind. Malformed; Parse.
Result<std::vector<ClaimedProofs::Claim>> decodePrepare(ByteView body);
Result<std::string> decodePrepareResponder(ByteView body);
Result<Handle> decodeSign(ByteView body);
Result<CrlMessage> decodeCrl(ByteView body);
Result<StatusRequest> decodeStatus(ByteView body);
Result<TimestampRequest> decodeTimestamp(ByteView body);
Result<AuditStatement> decodeAuditHead(ByteView body);

Bytes encode(const Prepared& prepared);
Bytes encode(const std::vector<Bytes>& certificates);
Bytes encode(const ocsp::SignedResponse& response);
Result<Prepared> decodePrepared(ByteView body);
Result<std::vector<Bytes>> decodeCertificates(ByteView body);
Result<ocsp::SignedResponse> decodeSignedResponse(ByteView body);

// An answer: the kind of its request, whether it succeeded, then the result or the error.
Bytes encodeAnswer(std::uint8_t kind, const Result<Bytes>& result);
Result<Bytes> decodeAnswer(Kind kind, ByteView answer);  // the signer's error, or Malformed

}  // namespace mailca::ca::messages
