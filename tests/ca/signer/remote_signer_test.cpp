// A signer behind its socket: in another thread here, in another process in tests/e2e/signer_test.
#include "ca/signer/remote_signer.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <optional>
#include <thread>

#include "ca/signer/server.h"
#include "tests/ca/issuance_fixture.h"

namespace mailca::ca {
namespace {

using test::must;

class RemoteSignerTest : public ::testing::Test, protected test::IssuanceFixture {
 protected:
    void serve(::uid_t client = ::geteuid()) {
        server.emplace(must(Socket::listenAt(path)), door, client, [] {});
        server->open();
    }
    ErrorKind refusal() {
        const auto prepared = remote->prepare({request()});
        return prepared ? ErrorKind::NotFound : prepared.error().kind;
    }

    test::TempDir folder;
    const std::string path = folder.file("signer.sock");
    Door door{signer, profiles};
    std::optional<Server> server;
    // Gone before the server: its threads end with the connections they serve.
    std::optional<RemoteSigner> remote{path};
};

TEST_F(RemoteSignerTest, IssuesThroughTheSocket) {
    serve();
    accept();
    Issuance remoteIssuance(*remote, ledger, clock);
    const auto issued = must(remoteIssuance.issue({request(), request({"smime-encrypt"})}));
    ASSERT_EQ(issued.size(), 2U);
    EXPECT_EQ(issued[0].certificate().emails(), std::vector<std::string>{"alice@example.org"});
    EXPECT_EQ(ledger.recorded.front().intents[1].serial, issued[1].certificate().serial());
}

TEST_F(RemoteSignerTest, ManyAskAtATime) {
    serve();
    const IssuanceRequest one = request();
    std::vector<std::jthread> threads;
    std::atomic<int> signedOnes = 0;
    for (int i = 0; i < 24; ++i) {
        threads.emplace_back([&] {
            for (int n = 0; n < 5; ++n) {
                const auto prepared = remote->prepare({one});
                if (prepared && remote->sign(prepared->handle)) ++signedOnes;
            }
        });
    }
    threads.clear();
    EXPECT_EQ(signedOnes, 120);
}

TEST_F(RemoteSignerTest, ItsSocketIsClosedToOthers) {
    serve();
    struct ::stat facts {};
    ASSERT_EQ(::stat(path.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777U, 0600U);
}

TEST_F(RemoteSignerTest, NobodyThereIsSaidAtOnce) {
    EXPECT_EQ(refusal(), ErrorKind::Unavailable);
    const Socket deaf = must(Socket::listenAt(path));  // takes connections and says nothing
    EXPECT_EQ(refusal(), ErrorKind::Unavailable);
}

TEST_F(RemoteSignerTest, ComesBackWithTheSigner) {
    serve();
    must(remote->greet());
    remote.emplace(path);
    server.reset();
    EXPECT_EQ(refusal(), ErrorKind::Unavailable);
    serve();
    EXPECT_TRUE(remote->greet()) << "asked for at once, whatever went wrong before";
    EXPECT_TRUE(remote->prepare({request()}));
}

TEST_F(RemoteSignerTest, AStrangersUserIsNotServed) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may always ask";
    serve(::geteuid() + 1);
    EXPECT_EQ(refusal(), ErrorKind::Unavailable);
}

TEST_F(RemoteSignerTest, OverlongAndEmptyMessagesEndTheConnection) {
    serve();
    for (const Bytes& head : {Bytes{0, 0, 0, 0, 1}, Bytes{0xFF, 0xFF, 0xFF, 0xFF, 4}, Bytes{0, 0x10, 0, 0, 1}}) {
        const Socket raw = must(Socket::connectTo(path));
        Bytes greeting(messages::kGreeting.size());
        must(raw.receiveRaw(greeting));
        must(raw.sendRaw(head));
        std::uint8_t octet = 0;
        EXPECT_FALSE(raw.receiveRaw({&octet, 1}));
    }
    EXPECT_TRUE(remote->greet());
}

TEST_F(RemoteSignerTest, WhereSomebodyListensNobodyElseMay) {
    serve();
    const auto second = Socket::listenAt(path);
    ASSERT_FALSE(second);
    EXPECT_NE(second.error().detail.find("another process listens there"), std::string::npos);
    EXPECT_TRUE(remote->greet());
}

TEST_F(RemoteSignerTest, APathThatNoSocketCanHaveIsRefused) {
    const auto made = Socket::listenAt(folder.file(std::string(200, 'x')));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().kind, ErrorKind::Config);
}

}  // namespace
}  // namespace mailca::ca
