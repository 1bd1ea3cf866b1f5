// An issuance with everything it needs, and requests with good defaults: a test changes what it is about.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ca/issuance.h"
#include "ca/key_policy.h"
#include "tests/ca/judges.h"
#include "tests/ca/support.h"

namespace mailca::test {

// Refuses until told what to answer, and keeps what it was asked.
class LedgerDouble final : public ca::Ledger {
 public:
    Result<void> recordIntents(const ca::IntentsOfOrder& intents) override {
        recorded.push_back(intents);
        return answer;
    }
    Result<void> answer = fail(ErrorKind::Conflict, "the ledger of this test refuses");
    std::vector<ca::IntentsOfOrder> recorded;
};

struct Wanted {
    std::string profile = "smime-sign";
    std::optional<ca::Use> use{};  // else the profile's
    std::string mailbox = "alice@example.org";
    std::optional<crypto::PrivateKey> key{};  // else a fresh one of the profile's first curve
    seconds caaGoodFor{3600};
};

class IssuanceFixture {
 public:
    ca::IssuanceRequest request(Wanted wanted = {}) {
        const ca::Profile* profile = profiles.find(wanted.profile);
        const EmailAddress mailbox = must(EmailAddress::parse(wanted.mailbox));
        if (!wanted.key) wanted.key = must(crypto::PrivateKey::generate({profile->curves.front(), 0}));
        const Bytes csr = must(x509::makeRequest(*wanted.key, mailbox, std::nullopt));
        const Time now = clock.now();
        return {order,
                profile,
                wanted.use.value_or(profile->use),
                ra::ValidationJudge::validated(mailbox, account, authorization, now),
                va::CaaJudge::permitted(mailbox.domain(), now, now + wanted.caaGoodFor),
                must(ca::KeyPolicy::check(wanted.key->publicKey(), *profile)),
                va::RequestJudge::verified(must(x509::CertificateRequest::fromDer(csr)), mailbox)};
    }
    void accept() { ledger.answer = {}; }

    FakeClock clock;
    SystemRandom random;
    AuthorityOnDisk disk{clock};
    const ca::Profiles profiles = shippedProfiles();
    LedgerDouble ledger;
    OrderId order = OrderId::random(random);
    AccountId account = AccountId::random(random);
    AuthorizationId authorization = AuthorizationId::random(random);
    ca::LocalSigner signer = localSigner(disk, clock, random);
    ca::Issuance issuance{signer, ledger, clock};
};

}  // namespace mailca::test
