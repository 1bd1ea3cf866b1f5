#include "ca/ocsp/responder.h"

#include <algorithm>

#include "ca/lint/lint.h"
#include "core/crypto/hash.h"
#include "core/log.h"
#include "core/x509/certificate.h"

namespace mailca::ca::ocsp {
namespace {

constexpr auto kShortestLife = std::chrono::hours{8};  // of an answer (D48)
// A delegate gives way while it could still sign for a day, so that a failed change can be tried again all that day.
constexpr auto kChangeBefore = std::chrono::hours{48};
constexpr auto kPauseAfterFailure = std::chrono::minutes{1};

ByteView keyBits(const Bytes& spki) {
    const auto parts = lint::readInside(spki, lint::tag::kSequence);
    if (!parts || parts->size() != 2 || parts->back().content.empty()) throw std::logic_error("a key that is no DER");
    return parts->back().content.subspan(1);  // behind the number of unused bits
}

bool canSign(const x509::Certificate& delegate, Time now) {
    return now >= delegate.notBefore() && delegate.notAfter() - now >= kShortestLife;
}

bool isDue(const x509::Certificate& delegate, const Issuer& issuer, Time now) {
    const Time end = delegate.notAfter();
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
    std::optional<x509::Certificate> delegate;
    Time nextTry{};  // after a change that failed
};

Responder::Responder(const Authority& authority, Signer& signer, ServiceLedger& ledger, const Clock& clock)
    : m_signer(signer), m_ledger(ledger), m_clock(clock) {
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
    TRY(const x509::Certificate delegate, delegateOf(issuer, now));
    StatusRequest request{issuer.name, delegate.serial(), std::move(responses), nonce};
    auto response = m_signer.signStatus(request);
    if (response || response.error().kind != ErrorKind::NotFound) return response;
    forget(issuer, delegate);  // a signer that was started anew knows none
    TRY(const x509::Certificate fresh, delegateOf(issuer, now));
    request.responder = fresh.serial();
    return m_signer.signStatus(request);
}

void Responder::forget(const Issuer& issuer, const x509::Certificate& delegate) {
    Slot& slot = *m_slots.at(&issuer);
    const std::lock_guard lock(slot.mutex);
    if (slot.delegate && slot.delegate->serial() == delegate.serial()) slot.delegate.reset();
}

Result<x509::Certificate> Responder::delegateOf(const Issuer& issuer, Time now) {
    Slot& slot = *m_slots.at(&issuer);
    const std::lock_guard lock(slot.mutex);
    if (slot.delegate) {
        // Its certificate says that nobody need ask (id-pkix-ocsp-nocheck): here it is asked.
        TRY(const bool revoked, m_ledger.isRevoked(issuer.name, slot.delegate->serial()));
        if (revoked) slot.delegate.reset();
    }
    const bool usable = slot.delegate && canSign(*slot.delegate, now);
    if (usable && (!isDue(*slot.delegate, issuer, now) || now < slot.nextTry)) return *slot.delegate;
    if (issuer.certificate.notAfter() - now < kShortestLife) {
        return fail(ErrorKind::Unauthorized, "the issuing CA " + issuer.name + " has ended");
    }
    auto fresh = makeDelegate(issuer, now);
    if (fresh) {
        slot.delegate = *std::move(fresh);
        log::info("ocsp.responder", {{"issuer", issuer.name},
                                     {"serial", slot.delegate->serial().hex()},
                                     {"until", toRfc3339(slot.delegate->notAfter())}});
        return *slot.delegate;
    }
    if (!usable) return std::move(fresh).error();
    slot.nextTry = now + kPauseAfterFailure;
    log::error("ocsp.responder_not_changed", {{"issuer", issuer.name}, {"why", fresh.error().text()}});
    return *slot.delegate;
}

// Prepared, recorded, signed, recorded again: the CA knows of every serial number it signed.
Result<x509::Certificate> Responder::makeDelegate(const Issuer& issuer, Time now) {
    TRY(const Prepared prepared, m_signer.prepareResponder(issuer.name));
    const PreparedCertificate& made = prepared.certificates.front();
    TRY_VOID(m_ledger.recordIntent({issuer.name, made.serial, made.tbsSha256, now}));
    TRY(const std::vector<Bytes> certificates, m_signer.sign(prepared.handle));
    TRY(x509::Certificate certificate, x509::Certificate::fromDer(certificates.front()));
    TRY_VOID(m_ledger.recordIssued({issuer.name, made.serial, certificate.der(), now}));
    return certificate;
}

}  // namespace mailca::ca::ocsp
