// Registration on doubles: policy, clock, books, the shipped profiles, one account, and the walk of an order up to
// ready.
#pragma once

#include <gtest/gtest.h>

#include "core/x509/certificate.h"
#include "enroll/ra/service.h"
#include "tests/enroll/support/memory_books.h"
#include "tests/support/fake_clock.h"
#include "tests/support/sequence_random.h"

namespace mailca::test {

inline EmailAddress address(std::string_view text) {
    return EmailAddress::parse(text).value();
}

inline Bytes csrFor(const crypto::PrivateKey& key, std::string_view mailbox, std::optional<unsigned> keyUsage = {}) {
    return x509::makeRequest(key, address(mailbox), keyUsage).value();
}

inline crypto::PrivateKey newKey() {
    return crypto::PrivateKey::generate({crypto::KeyType::P256, 0}).value();
}

class Registration : public testing::Test {
 protected:
    FakeClock clock;
    SequenceRandom random;
    ra::Policy policy{.challengeFrom = address("acme@ca.example")};
    ca::Profiles profiles = ca::Profiles::load(std::string(MAILCA_SOURCE_DIR) + "/policies").value();
    MemoryAccounts accountBook;
    MemoryOrders orderBook;
    ra::Limits limits{{}, orderBook, clock};
    ra::Orders orders{orderBook, accountBook, profiles, policy, limits, clock, random};
    ra::Account account = newAccount("thumbprint");

    ra::Account newAccount(const std::string& thumbprint) {
        const ra::Account made{.id = AccountId::random(random),
                               .thumbprint = thumbprint,
                               .jwk = "{}",
                               .keySha256 = toBytes(thumbprint),
                               .contacts = {},
                               .status = ra::AccountStatus::Valid,
                               .termsAgreedAt = std::nullopt,
                               .createdAt = clock.now()};
        accountBook.accounts.insert_or_assign(made.id, made);
        return made;
    }

    Result<ra::OrderView> order(const std::string& mailbox, const std::optional<std::string>& profile = {}) {
        return ordered({.identifiers = {{"email", mailbox}}, .profile = profile});
    }
    // One that has to wait as the error that its client is told of.
    Result<ra::OrderView> ordered(const ra::Orders::Request& request) {
        TRY(auto made, orders.create(account, request));
        if (const auto* wait = std::get_if<ra::Wait>(&made)) return fail(ErrorKind::RateLimited, wait->reason);
        return std::get<ra::OrderView>(std::move(made));
    }
    // Proven and posted.
    ra::OrderView ready(const std::string& mailbox = "alice@example.org",
                        const std::optional<std::string>& profile = {}) {
        ra::OrderView view = order(mailbox, profile).value();
        ra::Challenge& challenge = orderBook.at(view.order.id).authorization.challenge;
        challenge.postedAt = challenge.provenAt = clock.now();
        return orderBook.at(view.order.id);
    }
};

}  // namespace mailca::test
