#include "ca/issuance.h"

#include <algorithm>
#include <stdexcept>

#include "core/crypto/hash.h"

namespace mailca::ca {
namespace {

void demandOneOrder(const std::vector<IssuanceRequest>& requests) {
    if (requests.empty()) throw std::logic_error("an issuance without requests");
    const IssuanceRequest& first = requests.front();
    for (const IssuanceRequest& request : requests) {
        const bool one = request.order == first.order && request.mailbox.account() == first.mailbox.account() &&
                         request.mailbox.authorization() == first.mailbox.authorization();
        if (!one) throw std::logic_error("an issuance of more than one order");
    }
}

Error mixedUp() {
    return fail(ErrorKind::Crypto, "the signer answered to something else than what it was asked");
}

Result<IntentsOfOrder> intentsOf(const std::vector<IssuanceRequest>& requests, const Prepared& prepared, Time at) {
    const IssuanceRequest& first = requests.front();
    IntentsOfOrder out{first.order, first.mailbox.authorization(), first.mailbox.account(),
                       at,          first.caa.goodUntil(),         {}};
    if (prepared.certificates.size() != requests.size()) return mixedUp();
    for (std::size_t i = 0; i < requests.size(); ++i) {
        const PreparedCertificate& certificate = prepared.certificates[i];
        if (certificate.spkiSha256 != requests[i].key.key().spkiSha256()) return mixedUp();
        out.caaGoodUntil = std::min(out.caaGoodUntil, requests[i].caa.goodUntil());
        out.intents.push_back({first.order, requests[i].profile->name, certificate.issuer, certificate.serial,
                               certificate.tbsSha256, certificate.spkiSha256});
    }
    return out;
}

}  // namespace

Issuance::Issuance(Signer& signer, Ledger& ledger, const Clock& clock)
    : m_signer(signer), m_ledger(ledger), m_clock(clock) {}

// docs/issuance-cycle.md, step 5.
Result<std::vector<Issued>> Issuance::issue(const std::vector<IssuanceRequest>& requests) {
    demandOneOrder(requests);
    TRY(const Prepared prepared, m_signer.prepare(requests));
    TRY(const IntentsOfOrder intents, intentsOf(requests, prepared, m_clock.now()));
    TRY_VOID(m_ledger.recordIntents(intents));
    const auto certificates = m_signer.sign(prepared.handle);
    if (!certificates) {
        return fail(ErrorKind::Crypto, "signing failed after its intent was recorded: " + certificates.error().detail);
    }
    if (certificates->size() != requests.size()) return mixedUp();
    std::vector<Issued> issued;
    for (std::size_t i = 0; i < requests.size(); ++i) {
        auto certificate = x509::Certificate::fromDer((*certificates)[i], requests[i].key.key());
        // What is recorded and published is what the intent announced.
        if (!certificate || crypto::sha256(certificate->tbs()) != intents.intents[i].tbsSha256) return mixedUp();
        issued.push_back(Issued(*std::move(certificate), intents.intents[i].issuer, intents.intents[i].profile));
    }
    return issued;
}

}  // namespace mailca::ca
