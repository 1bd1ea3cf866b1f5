// Standards B14-B16.
#include "enroll/acme/nonces.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "tests/support/sequence_random.h"

namespace mailca::acme {
namespace {

TEST(Nonces, AreSpentOnce) {  // B16
    test::SequenceRandom random;
    Nonces nonces(random);
    const std::string nonce = nonces.issue();
    EXPECT_TRUE(nonces.spend(nonce));
    const auto again = nonces.spend(nonce);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, ErrorKind::BadNonce);
}

TEST(Nonces, AreDistinctAndBase64Url) {  // B14
    test::SequenceRandom random;
    Nonces nonces(random);
    std::set<std::string> seen;
    for (int i = 0; i < 1000; ++i) {
        const std::string nonce = nonces.issue();
        EXPECT_TRUE(fromBase64Url(nonce));
        EXPECT_TRUE(seen.insert(nonce).second);
    }
}

TEST(Nonces, OfOthersAreUnknown) {
    test::SequenceRandom random(1), otherRandom(2);
    Nonces nonces(random), others(otherRandom);
    nonces.issue();
    const auto spent = nonces.spend(others.issue());
    ASSERT_FALSE(spent);
    EXPECT_EQ(spent.error().kind, ErrorKind::BadNonce);
}

TEST(Nonces, CannotBeMadeFromOneAnother) {
    test::SequenceRandom random;
    Nonces nonces(random);
    nonces.issue();
    Bytes forged = *fromBase64Url(nonces.issue());
    forged[7] ^= 1;  // the counter of the first nonce, the MAC of the second
    EXPECT_FALSE(nonces.spend(toBase64Url(forged)));
}

TEST(Nonces, ThatAreNotBase64UrlAreMalformed) {  // B16
    test::SequenceRandom random;
    Nonces nonces(random);
    for (const char* text : {"a+b/", "AAAA=", "\xff", "A"}) {
        const auto spent = nonces.spend(text);
        ASSERT_FALSE(spent) << text;
        EXPECT_EQ(spent.error().kind, ErrorKind::Malformed) << text;
    }
}

TEST(Nonces, OlderThanTheWindowAreBad) {
    test::SequenceRandom random;
    Nonces nonces(random);
    const std::string old = nonces.issue();
    const std::string oldest = nonces.issue();
    for (std::uint64_t i = 1; i < Nonces::kWindow; ++i) nonces.issue();
    EXPECT_FALSE(nonces.spend(old));
    EXPECT_TRUE(nonces.spend(oldest)) << "the last one inside the window is still good";
}

TEST(Nonces, AreSpentOnceByManyThreads) {
    test::SequenceRandom random;
    Nonces nonces(random);
    std::vector<std::string> issued;
    for (int i = 0; i < 500; ++i) issued.push_back(nonces.issue());
    std::atomic<int> spent{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
        threads.emplace_back([&] {
            for (const std::string& nonce : issued) spent += nonces.spend(nonce) ? 1 : 0;
        });
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(spent, 500);
}

}  // namespace
}  // namespace mailca::acme
