#include "ca/signer/door.h"

#include <exception>

#include "ca/signer/messages.h"
#include "core/log.h"

namespace mailca::ca {
namespace {

template <typename T>
Result<Bytes> encoded(const Result<T>& result) {
    if (!result) return result.error();
    return messages::encode(*result);
}

}  // namespace

Door::Answer Door::answer(ByteView request) {
    const std::uint8_t kind = request.empty() ? 0 : request.front();
    Result<Bytes> result = fail(ErrorKind::ServerInternal, "the signer failed; its log says why");
    try {
        result = perform(kind, request.empty() ? request : request.subspan(1));
    } catch (const std::exception& broken) {
        log::error("signer.failed", {{"why", broken.what()}});
    }
    return {messages::encodeAnswer(kind, result), !result && result.error().kind == ErrorKind::Io};
}

Result<Bytes> Door::prepare(ByteView body) {
    TRY(const auto claims, messages::decodePrepare(body));
    std::vector<IssuanceRequest> requests;
    for (const ClaimedProofs::Claim& claim : claims) {
        TRY(IssuanceRequest request, ClaimedProofs::believe(claim, m_profiles));
        requests.push_back(std::move(request));
    }
    return encoded(m_signer.prepare(requests));
}

Result<Bytes> Door::perform(std::uint8_t kind, ByteView body) {
    switch (static_cast<messages::Kind>(kind)) {
        case messages::Kind::Prepare:
            return prepare(body);
        case messages::Kind::PrepareResponder: {
            TRY(const std::string issuer, messages::decodePrepareResponder(body));
            return encoded(m_signer.prepareResponder(issuer));
        }
        case messages::Kind::Sign: {
            TRY(const Handle handle, messages::decodeSign(body));
            return encoded(m_signer.sign(handle));
        }
        case messages::Kind::Crl: {
            TRY(const messages::CrlMessage message, messages::decodeCrl(body));
            return m_signer.signCrl(message.issuer, message.request);
        }
        case messages::Kind::Status: {
            TRY(const StatusRequest request, messages::decodeStatus(body));
            return encoded(m_signer.signStatus(request));
        }
        case messages::Kind::Timestamp: {
            TRY(const TimestampRequest request, messages::decodeTimestamp(body));
            return m_signer.timestamp(request);
        }
        case messages::Kind::AuditHead: {
            TRY(const AuditStatement statement, messages::decodeAuditHead(body));
            return m_signer.signAuditHead(statement);
        }
    }
    return fail(ErrorKind::Malformed, "the signer knows no such request");
}

}  // namespace mailca::ca
