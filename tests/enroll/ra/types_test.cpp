#include <gtest/gtest.h>

#include "tests/enroll/support/registration.h"

namespace mailca::ra {
namespace {

using test::Registration;

class States : public Registration {
 protected:
    OrderView view = order("alice@example.org").value();
    Challenge& challenge = view.authorization.challenge;
    Time now() const { return clock.now(); }
    AuthorizationStatus authorization() const { return view.authorization.status(now()); }
    OrderStatus orderStatus() const { return view.order.status(view.authorization, now()); }
};

TEST_F(States, StartPending) {
    EXPECT_TRUE(std::holds_alternative<Pending>(challenge.state()));
    EXPECT_EQ(authorization(), AuthorizationStatus::Pending);
    EXPECT_EQ(orderStatus(), OrderStatus::Pending);
    EXPECT_FALSE(view.order.error(view.authorization, now()));
}

TEST_F(States, ChallengeIsProcessingOncePostedAndTheAuthorizationStaysPending) {  // B48, interop 5.1 (poll)
    challenge.postedAt = now();
    EXPECT_TRUE(std::holds_alternative<Processing>(challenge.state()));
    EXPECT_EQ(authorization(), AuthorizationStatus::Pending);
}

TEST_F(States, BothOrdersOfPostAndProofMakeItValid) {  // A16
    challenge.provenAt = now();
    EXPECT_TRUE(std::holds_alternative<Pending>(challenge.state())) << "not before the POST";
    challenge.postedAt = now() + 5s;
    const auto state = challenge.state();
    ASSERT_TRUE(std::holds_alternative<Valid>(state));
    EXPECT_EQ(std::get<Valid>(state).at, now() + 5s);
    challenge.provenAt = now() + 9s;
    EXPECT_EQ(std::get<Valid>(challenge.state()).at, now() + 9s);
    EXPECT_EQ(authorization(), AuthorizationStatus::Valid);  // B49
    EXPECT_EQ(orderStatus(), OrderStatus::Ready);            // B50
}

TEST_F(States, AnEndedChallengeMakesAllInvalidWithItsError) {
    const Error error = fail(ErrorKind::IncorrectResponse, "ten wrong replies");
    challenge.error = error;
    challenge.endedAt = now();
    EXPECT_EQ(authorization(), AuthorizationStatus::Invalid);
    EXPECT_EQ(orderStatus(), OrderStatus::Invalid);
    EXPECT_EQ(view.order.error(view.authorization, now()), error);
}

TEST_F(States, TimeExpiresPendingAndValidAuthorizations) {  // B49
    clock.advance(24h);
    EXPECT_EQ(authorization(), AuthorizationStatus::Expired);
    EXPECT_EQ(orderStatus(), OrderStatus::Invalid);
    EXPECT_TRUE(view.order.error(view.authorization, now()));
    challenge.postedAt = challenge.provenAt = now();
    EXPECT_EQ(authorization(), AuthorizationStatus::Expired);
}

TEST_F(States, DeactivationEndsAnAuthorizationAndItsOrder) {
    challenge.postedAt = challenge.provenAt = now();
    view.authorization.deactivatedAt = now();
    EXPECT_EQ(authorization(), AuthorizationStatus::Deactivated);
    EXPECT_EQ(orderStatus(), OrderStatus::Invalid);
}

TEST_F(States, OfAFinalizedOrderDoNotDependOnTheAuthorization) {  // B50
    clock.advance(48h);
    view.order.state = InProgress{now()};
    EXPECT_EQ(orderStatus(), OrderStatus::Processing);
    view.order.state = Finished{now(), {CertificateId::random(random)}};
    EXPECT_EQ(orderStatus(), OrderStatus::Valid);
    view.order.state = Failed{fail(ErrorKind::Caa, "no"), now()};
    EXPECT_EQ(orderStatus(), OrderStatus::Invalid);
    EXPECT_EQ(view.order.error(view.authorization, now())->kind, ErrorKind::Caa);
}

TEST_F(States, HaveTheNamesOfRfc8555) {
    EXPECT_EQ(nameOf(OrderStatus::Ready), "ready");
    EXPECT_EQ(nameOf(AuthorizationStatus::Deactivated), "deactivated");
    EXPECT_EQ(nameOf(AccountStatus::Revoked), "revoked");
    EXPECT_EQ(nameOf(IdentifierType::Dns), "dns");
    EXPECT_EQ(nameOf(ValidationMethod::Strict), "strict");
}

}  // namespace
}  // namespace mailca::ra
