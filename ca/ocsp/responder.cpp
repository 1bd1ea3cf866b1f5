#include "ca/ocsp/responder.h"

#include <algorithm>

#include "ca/lint/lint.h"
#include "core/crypto/hash.h"
#include "core/log.h"
#include "core/x509/builder.h"

namespace mailca::ca::ocsp {
namespace {

constexpr auto kLife = std::chrono::hours{24};  // of a response (D48: 8 hours to 10 days)
constexpr auto kShortestLife = std::chrono::hours{8};
// A delegate gives way while it could still sign for a day, so that a failed change can be tried again all that day.
constexpr auto kChangeBefore = std::chrono::hours{48};
constexpr auto kPauseAfterFailure = std::chrono::minutes{1};

ByteView keyBits(const Bytes& spki) {
    const auto parts = lint::readInside(spki, lint::tag::kSequence);
    if (!parts || parts->size() != 2 || parts->back().content.empty()) throw std::logic_error("a key that is no DER");
    return parts->back().content.subspan(1);  // behind the number of unused bits
}

bool canSign(const Delegate& delegate, Time now) {
    const x509::Certificate& certificate = delegate.certificate;
    return now >= certificate.notBefore() && certificate.notAfter() - now >= kShortestLife;
}

bool isDue(const Delegate& delegate, const Issuer& issuer, Time now) {
    const Time end = delegate.certificate.notAfter();
    return end - now < kChangeBefore && end < issuer.certificate.notAfter();  // none can outlive the CA
}

}  // namespace

struct Responder::Known {
    IdHash hash;
    Bytes name, key;
    const Issuer* issuer;
};

struct Responder::Slot {
    std::mutex mutex;  // guards what follows, and is held while a delegate is made
    std::shared_ptr<const Delegate> delegate;
    Time nextTry{};  // after a change that failed
};

Responder::Responder(const Authority& authority, ServiceLedger& ledger, const Clock& clock, Random& random)
    : m_ledger(ledger), m_clock(clock), m_random(random) {
    for (const auto& issuer : authority.issuers()) {
        const Bytes name = issuer->certificate.subjectDer();
        const Bytes spki = issuer->certificate.publicKey().spki();
        const ByteView key = keyBits(spki);
        m_known.push_back({IdHash::Sha1, crypto::sha1(name), crypto::sha1(key), issuer.get()});
        m_known.push_back({IdHash::Sha256, crypto::sha256(name), crypto::sha256(key), issuer.get()});
        m_slots.emplace(issuer.get(), std::make_unique<Slot>());
    }
}

Responder::~Responder() = default;

Result<const Issuer*> Responder::issuerOf(const Request& request) const {
    const Issuer* found = nullptr;
    for (const CertId& id : request.ids) {
        const auto known = std::find_if(m_known.begin(), m_known.end(), [&](const Known& one) {
            return one.hash == id.hash && one.key == id.issuerKeyHash && one.name == id.issuerNameHash;
        });
        if (known == m_known.end()) return fail(ErrorKind::Unauthorized, "the issuer is none of this service");
        if (found != nullptr && known->issuer != found) {
            return fail(ErrorKind::Unauthorized, "one request asks about the certificates of several issuers");
        }
        found = known->issuer;
    }
    return found;
}

Result<SignedResponse> Responder::sign(const Issuer& issuer, std::vector<SingleResponse> responses,
                                       const Bytes& nonce) {
    const Time now = m_clock.now();
    TRY(const auto delegate, delegateOf(issuer, now));
    const x509::Certificate& certificate = delegate->certificate;
    const Time until = std::min<Time>(now + kLife, certificate.notAfter());
    const Bytes data = encodeResponseData({certificate.subjectKeyId(), now, until, std::move(responses), nonce});
    const crypto::SignatureAlgorithm algorithm = delegate->key.defaultAlgorithm();
    TRY(const auto findings, lint::lintOcsp(data, {&certificate, algorithm}));
    TRY_VOID(lint::judge(findings));
    // Not verified afterwards, as certificates and CRLs are: that costs three signatures, and a key that a fault gives
    // away here is worth nothing in three days.
    TRY(const Bytes signature, delegate->key.sign(algorithm, data));
    return SignedResponse{encodeResponse(data, algorithm, signature, certificate.der()), now, until};
}

Result<std::shared_ptr<const Delegate>> Responder::delegateOf(const Issuer& issuer, Time now) {
    Slot& slot = *m_slots.at(&issuer);
    const std::lock_guard lock(slot.mutex);
    const bool usable = slot.delegate && canSign(*slot.delegate, now);
    if (usable && (!isDue(*slot.delegate, issuer, now) || now < slot.nextTry)) return slot.delegate;
    if (issuer.certificate.notAfter() - now < kShortestLife) {
        return fail(ErrorKind::Unauthorized, "the issuing CA " + issuer.name + " has ended");
    }
    auto fresh = makeDelegate(issuer, m_ledger, now, m_random);
    if (fresh) {
        slot.delegate = std::make_shared<const Delegate>(*std::move(fresh));
        log::info("ocsp.responder", {{"issuer", issuer.name},
                                     {"serial", slot.delegate->certificate.serial().hex()},
                                     {"until", toRfc3339(slot.delegate->certificate.notAfter())}});
        return slot.delegate;
    }
    if (!usable) return std::move(fresh).error();
    slot.nextTry = now + kPauseAfterFailure;
    log::error("ocsp.responder_not_changed", {{"issuer", issuer.name}, {"why", fresh.error().text()}});
    return slot.delegate;
}

}  // namespace mailca::ca::ocsp
