#include "ca/signer/messages.h"

#include <optional>

#include "ca/authority_file.h"
#include "ca/ocsp/request.h"
#include "ca/signer/wire.h"

namespace mailca::ca::messages {
namespace {

using wire::Reader;
using wire::Writer;

constexpr std::size_t kMostRevoked = 8'000'000;
constexpr std::uint8_t kGood = 0, kFailed = 1;
enum class StatusCode : std::uint8_t { Good, Revoked, Unknown };
constexpr std::uint64_t kNoShard = ~std::uint64_t{0};  // the complete CRL
constexpr std::uint8_t kNoReason = 0xFF;               // reasons are 1 to 10

Writer begin(Kind kind) {
    Writer out;
    out.octet(static_cast<std::uint8_t>(kind));
    return out;
}

Error malformed() {
    return fail(ErrorKind::Malformed, "a message between daemon and signer is not as it should be");
}

void putReason(Writer& out, const std::optional<int>& reason) {
    out.octet(reason ? static_cast<std::uint8_t>(*reason) : kNoReason);
}

std::optional<int> getReason(Reader& in) {
    const std::uint8_t octet = in.octet();
    return octet == kNoReason ? std::nullopt : std::optional<int>(octet);
}

void putStatus(Writer& out, const ocsp::Status& status) {
    if (const auto* revoked = std::get_if<ocsp::Revoked>(&status)) {
        out.octet(static_cast<std::uint8_t>(StatusCode::Revoked)).time(revoked->at);
        putReason(out, revoked->reason);
        return;
    }
    const bool good = std::holds_alternative<ocsp::Good>(status);
    out.octet(static_cast<std::uint8_t>(good ? StatusCode::Good : StatusCode::Unknown));
}

Result<ocsp::Status> getStatus(Reader& in) {
    switch (static_cast<StatusCode>(in.octet())) {
        case StatusCode::Good:
            return ocsp::Status(ocsp::Good{});
        case StatusCode::Unknown:
            return ocsp::Status(ocsp::Unknown{});
        case StatusCode::Revoked: {
            const Time at = in.time();
            return ocsp::Status(ocsp::Revoked{at, getReason(in)});
        }
    }
    return malformed();
}

Result<ClaimedProofs::Claim> getClaim(Reader& in) {
    TRY(OrderId order, OrderId::parse(in.text()));
    TRY(AccountId account, AccountId::parse(in.text()));
    TRY(AuthorizationId authorization, AuthorizationId::parse(in.text()));
    TRY(EmailAddress mailbox, EmailAddress::parse(in.text()));
    const Time validatedAt = in.time(), checkedAt = in.time(), goodUntil = in.time();
    std::string profile = in.text();
    const ByteView csr = in.bytes();
    return ClaimedProofs::Claim{std::move(order),   std::move(account), std::move(authorization),
                                std::move(mailbox), validatedAt,        checkedAt,
                                goodUntil,          std::move(profile), Bytes(csr.begin(), csr.end())};
}

Bytes owned(ByteView view) {
    return {view.begin(), view.end()};
}

}  // namespace

Bytes encodePrepare(const std::vector<IssuanceRequest>& requests) {
    Writer out = begin(Kind::Prepare);
    out.number(requests.size());
    for (const IssuanceRequest& request : requests) {
        out.text(request.order.text()).text(request.mailbox.account().text());
        out.text(request.mailbox.authorization().text()).text(request.mailbox.mailbox().text());
        out.time(request.mailbox.at()).time(request.caa.checkedAt()).time(request.caa.goodUntil());
        out.text(request.profile->name).bytes(request.request.request().der());
    }
    return out.take();
}

Result<std::vector<ClaimedProofs::Claim>> decodePrepare(ByteView body) {
    Reader in(body);
    const std::size_t count = in.count(kMostCertificates);
    std::vector<ClaimedProofs::Claim> out;
    for (std::size_t i = 0; i < count; ++i) {
        TRY(ClaimedProofs::Claim claim, getClaim(in));
        out.push_back(std::move(claim));
    }
    TRY_VOID(in.finish());
    if (out.empty()) return malformed();
    return out;
}

Bytes encodePrepareResponder(std::string_view issuer) {
    return begin(Kind::PrepareResponder).text(issuer).take();
}

Result<std::string> decodePrepareResponder(ByteView body) {
    Reader in(body);
    std::string issuer = in.text();
    TRY_VOID(in.finish());
    return issuer;
}

Bytes encodeSign(const Handle& handle) {
    return begin(Kind::Sign).text(handle.text()).take();
}

Result<Handle> decodeSign(ByteView body) {
    Reader in(body);
    const std::string handle = in.text();
    TRY_VOID(in.finish());
    return Handle::parse(handle);
}

Bytes encodeCrl(std::string_view issuer, const CrlRequest& request) {
    Writer out = begin(Kind::Crl);
    const std::uint64_t shard = request.shard ? static_cast<std::uint64_t>(*request.shard) : kNoShard;
    out.text(issuer).number(shard).number(request.number);
    out.time(request.thisUpdate).time(request.nextUpdate).number(request.revoked.size());
    for (const x509::RevokedEntry& entry : request.revoked) {
        out.bytes(entry.serial.bytes()).time(entry.at);
        putReason(out, entry.reason);
    }
    return out.take();
}

Result<CrlMessage> decodeCrl(ByteView body) {
    Reader in(body);
    CrlMessage out;
    out.issuer = in.text();
    const std::uint64_t shard = in.number();
    if (shard != kNoShard && shard >= kMaxCrlShards) return malformed();
    if (shard != kNoShard) out.request.shard = static_cast<int>(shard);
    out.request.number = in.number();
    out.request.thisUpdate = in.time();
    out.request.nextUpdate = in.time();
    const std::size_t count = in.count(kMostRevoked);
    for (std::size_t i = 0; i < count; ++i) {
        TRY(Serial serial, Serial::fromBytes(in.bytes()));
        const Time at = in.time();
        out.request.revoked.push_back({std::move(serial), at, getReason(in)});
    }
    TRY_VOID(in.finish());
    return out;
}

Bytes encodeStatus(const StatusRequest& request) {
    Writer out = begin(Kind::Status);
    out.text(request.issuer).bytes(request.responder.bytes()).bytes(request.nonce).number(request.responses.size());
    for (const ocsp::SingleResponse& one : request.responses) {
        out.bytes(one.certId);
        putStatus(out, one.status);
    }
    return out.take();
}

Result<StatusRequest> decodeStatus(ByteView body) {
    Reader in(body);
    std::string issuer = in.text();
    TRY(Serial responder, Serial::fromBytes(in.bytes()));
    Bytes nonce = owned(in.bytes());
    const std::size_t count = in.count(ocsp::kMostIds);
    std::vector<ocsp::SingleResponse> responses;
    for (std::size_t i = 0; i < count; ++i) {
        Bytes id = owned(in.bytes());
        TRY(const ocsp::Status status, getStatus(in));
        responses.push_back({std::move(id), status});
    }
    TRY_VOID(in.finish());
    return StatusRequest{std::move(issuer), std::move(responder), std::move(responses), std::move(nonce)};
}

Bytes encodeTimestamp(const TimestampRequest& request) {
    Writer out = begin(Kind::Timestamp);
    out.bytes(request.query).number(request.revokedUnits.size());
    for (const std::string& unit : request.revokedUnits) out.text(unit);
    return out.take();
}

Result<TimestampRequest> decodeTimestamp(ByteView body) {
    Reader in(body);
    TimestampRequest out{owned(in.bytes()), {}};
    const std::size_t count = in.count(kMostUnits);
    for (std::size_t i = 0; i < count; ++i) out.revokedUnits.push_back(in.text());
    TRY_VOID(in.finish());
    return out;
}

Bytes encodeAuditHead(const AuditStatement& statement) {
    Writer out = begin(Kind::AuditHead);
    out.number(static_cast<std::uint64_t>(statement.head.nr)).bytes(statement.head.sha256).time(statement.at);
    return out.take();
}

Result<AuditStatement> decodeAuditHead(ByteView body) {
    Reader in(body);
    AuditStatement out;
    out.head.nr = static_cast<std::int64_t>(in.number());
    out.head.sha256 = owned(in.bytes());
    out.at = in.time();
    TRY_VOID(in.finish());
    if (out.head.nr < 1 || out.head.sha256.size() != 32) return malformed();
    return out;
}

Bytes encode(const Prepared& prepared) {
    Writer out;
    out.text(prepared.handle.text()).number(prepared.certificates.size());
    for (const PreparedCertificate& one : prepared.certificates) {
        out.text(one.issuer).bytes(one.serial.bytes()).bytes(one.tbsSha256).bytes(one.spkiSha256);
    }
    return out.take();
}

Result<Prepared> decodePrepared(ByteView body) {
    Reader in(body);
    TRY(Handle handle, Handle::parse(in.text()));
    Prepared out{std::move(handle), {}};
    const std::size_t count = in.count(kMostCertificates);
    for (std::size_t i = 0; i < count; ++i) {
        std::string issuer = in.text();
        TRY(Serial serial, Serial::fromBytes(in.bytes()));
        Bytes tbs = owned(in.bytes()), spki = owned(in.bytes());
        out.certificates.push_back({std::move(issuer), std::move(serial), std::move(tbs), std::move(spki)});
    }
    TRY_VOID(in.finish());
    if (out.certificates.empty()) return malformed();
    return out;
}

Bytes encode(const std::vector<Bytes>& certificates) {
    Writer out;
    out.number(certificates.size());
    for (const Bytes& one : certificates) out.bytes(one);
    return out.take();
}

Result<std::vector<Bytes>> decodeCertificates(ByteView body) {
    Reader in(body);
    const std::size_t count = in.count(kMostCertificates);
    std::vector<Bytes> out;
    for (std::size_t i = 0; i < count; ++i) {
        const ByteView der = in.bytes();
        out.emplace_back(der.begin(), der.end());
    }
    TRY_VOID(in.finish());
    if (out.empty()) return malformed();
    return out;
}

Bytes encode(const ocsp::SignedResponse& response) {
    return Writer().bytes(response.der).time(response.thisUpdate).time(response.nextUpdate).take();
}

Result<ocsp::SignedResponse> decodeSignedResponse(ByteView body) {
    Reader in(body);
    ocsp::SignedResponse out;
    out.der = owned(in.bytes());
    out.thisUpdate = in.time();
    out.nextUpdate = in.time();
    TRY_VOID(in.finish());
    return out;
}

Bytes encodeAnswer(std::uint8_t kind, const Result<Bytes>& result) {
    Writer out;
    out.octet(kind);
    if (result) return out.octet(kGood).bytes(*result).take();
    return out.octet(kFailed).octet(static_cast<std::uint8_t>(result.error().kind)).text(result.error().detail).take();
}

Result<Bytes> decodeAnswer(Kind kind, ByteView answer) {
    Reader in(answer);
    if (in.octet() != static_cast<std::uint8_t>(kind)) return malformed();
    if (in.octet() == kGood) {
        Bytes result = owned(in.bytes());
        TRY_VOID(in.finish());
        return result;
    }
    const std::uint8_t why = in.octet();
    std::string detail = in.text();
    TRY_VOID(in.finish());
    if (why >= kErrorKindCount) return malformed();
    return fail(static_cast<ErrorKind>(why), std::move(detail));
}

}  // namespace mailca::ca::messages
