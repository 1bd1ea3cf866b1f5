#include "ca/signer/local_signer.h"

#include <algorithm>
#include <stdexcept>

#include "ca/subscriber_certificate.h"
#include "core/crypto/hash.h"

namespace mailca::ca {
namespace {

// One is in use for each issuing CA, and the one before it for a moment.
constexpr std::size_t kMostResponders = 64;
// thisUpdate may lie ahead when the clock went back (F10), but not further than any list lives (D47): such a list would
// stand in the way of all later ones.
constexpr std::chrono::days kLongestCrl{10};
// Between the clocks of daemon and signer; a log that was written anew gets no signature of long ago.
constexpr std::chrono::minutes kAuditTolerance{5};

}  // namespace

LocalSigner::LocalSigner(const Authority& authority, const SigningKeys& keys, const Clock& clock, Random& random,
                         Timestamping timestamping)
    : m_authority(authority), m_keys(keys), m_clock(clock), m_random(random), m_pending(clock, random) {
    std::vector<tsa::TokenWriter> units;
    for (const TimestampUnit* unit : authority.timestampUnits()) units.emplace_back(*unit, keys.of(*unit));
    if (!units.empty()) m_timestamps.emplace(std::move(units), timestamping.clock, random, timestamping.accuracy);
}

Result<const Issuer*> LocalSigner::issuerNamed(const std::string& name) const {
    const Issuer* found = m_authority.find(name);
    if (found == nullptr) return fail(ErrorKind::Config, "there is no issuing CA " + name);
    return found;
}

Result<Prepared> LocalSigner::prepare(const std::vector<IssuanceRequest>& requests) {
    if (requests.empty()) throw std::logic_error("an issuance without requests");
    std::vector<PendingSignature> pending;
    std::vector<Bytes> spkis;
    for (const IssuanceRequest& request : requests) {
        const std::string& hierarchy = request.profile->hierarchy;
        const Issuer* issuer = m_authority.forHierarchy(hierarchy);
        if (issuer == nullptr) {
            return fail(ErrorKind::Config, "no issuing CA for the hierarchy " + hierarchy + "; the ceremony makes one");
        }
        TRY(LintedTbs tbs, prepareCertificate(request, *issuer, m_clock.now(), m_random));
        pending.push_back({std::move(tbs), issuer});
        spkis.push_back(request.key.key().spkiSha256());
    }
    return keep(std::move(pending), std::move(spkis));
}

Result<Prepared> LocalSigner::prepareResponder(const std::string& issuer) {
    TRY(const Issuer* of, issuerNamed(issuer));
    // A client of an SM2 hierarchy need not know another algorithm.
    const bool sm2 = of->certificate.publicKey().type() == crypto::KeyType::Sm2;
    TRY(crypto::PrivateKey key, crypto::PrivateKey::generate({sm2 ? crypto::KeyType::Sm2 : crypto::KeyType::P256, 0}));
    TRY(LintedTbs tbs, ocsp::prepareDelegate(*of, key.publicKey(), m_clock.now(), m_random));
    Bytes spki = key.publicKey().spkiSha256();
    std::vector<PendingSignature> pending;
    pending.push_back({std::move(tbs), of, std::move(key)});
    return keep(std::move(pending), {std::move(spki)});
}

Result<Prepared> LocalSigner::keep(std::vector<PendingSignature> pending, std::vector<Bytes> spkiSha256s) {
    std::vector<PreparedCertificate> certificates;
    for (std::size_t i = 0; i < pending.size(); ++i) {
        const LintedTbs& tbs = pending[i].tbs;
        certificates.push_back(
            {pending[i].issuer->name, tbs.serial(), crypto::sha256(tbs.bytes()), std::move(spkiSha256s[i])});
    }
    TRY(Handle handle, m_pending.put(std::move(pending)));
    return Prepared{std::move(handle), std::move(certificates)};
}

Result<std::vector<Bytes>> LocalSigner::sign(const Handle& handle) {
    TRY(std::vector<PendingSignature> pending, m_pending.take(handle));
    std::vector<Bytes> out;
    for (PendingSignature& one : pending) {
        TRY(Bytes der, std::move(one.tbs).sign(m_keys.of(*one.issuer)));
        if (one.responderKey) {
            TRY(x509::Certificate certificate, x509::Certificate::fromDer(der));
            adopt(*one.issuer, *std::move(one.responderKey), std::move(certificate));
        }
        out.push_back(std::move(der));
    }
    return out;
}

void LocalSigner::adopt(const Issuer& issuer, crypto::PrivateKey key, x509::Certificate certificate) {
    auto made = std::make_shared<const Responder>(Responder{&issuer, {std::move(key), std::move(certificate)}});
    const std::lock_guard lock(m_mutex);
    m_responders.push_back(std::move(made));
    if (m_responders.size() > kMostResponders) m_responders.pop_front();
}

Result<Bytes> LocalSigner::signCrl(const std::string& issuer, const CrlRequest& request) {
    TRY(const Issuer* of, issuerNamed(issuer));
    if (request.shard && (*request.shard < 0 || *request.shard >= of->crlShards)) {
        return fail(ErrorKind::Malformed, issuer + " has no CRL shard " + std::to_string(*request.shard));
    }
    if (request.thisUpdate - m_clock.now() > kLongestCrl) {
        return fail(ErrorKind::Malformed, "a CRL would begin more than 10 days ahead; put the clock right");
    }
    return ca::signCrl(*of, m_keys.of(*of), request);
}

Result<ocsp::SignedResponse> LocalSigner::signStatus(const StatusRequest& request) {
    std::shared_ptr<const Responder> responder;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = std::ranges::find_if(m_responders, [&request](const auto& one) {
            return one->delegate.certificate.serial() == request.responder && one->issuer->name == request.issuer;
        });
        if (found == m_responders.end()) {
            return fail(ErrorKind::NotFound, "this OCSP responder of " + request.issuer + " is not known any more");
        }
        responder = *found;
    }
    return ocsp::signResponse(responder->delegate, request.responses, request.nonce, m_clock.now());
}

Result<Bytes> LocalSigner::timestamp(const TimestampRequest& request) {
    if (!m_timestamps) return fail(ErrorKind::NotFound, "the ceremony made no timestamping unit");
    return m_timestamps->answer(request.query, request.revokedUnits);
}

Result<Bytes> LocalSigner::signAuditHead(const AuditStatement& statement) {
    if (!m_keys.auditKey()) return fail(ErrorKind::NotFound, "the ceremony made no audit key");
    if (std::chrono::abs(statement.at - m_clock.now()) > kAuditTolerance) {
        return fail(ErrorKind::Malformed, "a head of the audit log is signed with the time that it is");
    }
    return m_keys.auditKey()->sign(statement.head, statement.at);
}

}  // namespace mailca::ca
