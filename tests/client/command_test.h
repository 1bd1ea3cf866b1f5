// The world of one command: a CA, what lies on the web, alice's state directory, and nothing that leaves the machine.
#pragma once

#include <gtest/gtest.h>

#include <sstream>

#include "client/commands/commands.h"
#include "core/json/json.h"
#include "tests/client/authority.h"
#include "tests/client/doubles.h"
#include "tests/support/files.h"

namespace mailca::test {

using namespace client;

inline constexpr const char* kAlice = "alice@example.org";

class NoMail final : public MailAccess {
 public:
    Result<std::unique_ptr<mail::Inbox>> inbox(const EmailAddress&) override { return fail(ErrorKind::Io, "no mail"); }
    Result<std::unique_ptr<mail::Transport>> transport(const EmailAddress&) override {
        return fail(ErrorKind::Io, "no mail");
    }
};

class CommandTest : public ::testing::Test {
 protected:
    CommandTest() {
        web.pages["https://ca.test/directory"] =
            R"({"newNonce":"https://ca.test/n","newAccount":"https://ca.test/a","newOrder":"https://ca.test/o",
                "revokeCert":"https://ca.test/r","meta":{"exchange":"https://keys.test"}})";
        web.pages["https://keys.test/v1/roots"] = authority.root().pem();
        web.pages[kIssuingUrl] = std::string(asText(authority.issuing().der()));
        web.pages[kLeafCrlUrl] = authority.leafCrl({});
        web.pages[kIssuingCrlUrl] = authority.issuingCrl({});
    }
    void publish(const std::vector<x509::Certificate>& certificates, const std::string& mailbox = kAlice) {
        json::Array entries;
        for (const auto& one : certificates) {
            entries.push_back(json::object({{"role", json::array({"encrypt"})},
                                            {"algorithm", "x"},
                                            {"class", "issued"},
                                            {"state", "live"},
                                            {"certificate", toBase64(one.der())}}));
        }
        web.pages["https://keys.test/v1/mailboxes/" + mailbox + "?roles=encrypt"] =
            json::object({{"mailbox", mailbox}, {"entries", entries}}).dump();
    }
    // A key with a certificate of these usage bits in alice's state directory, as an enrollment leaves it.
    x509::Certificate hold(const crypto::KeySpec& spec, unsigned usage, const char* name,
                           HoldingState holdingState = HoldingState::Current, const Authority::Change& change = {}) {
        const crypto::PrivateKey key = must(crypto::PrivateKey::generate(spec));
        const x509::Certificate certificate =
            authority.issue(key.publicKey(), kAlice, usage, x509::oid::kEmailProtection, change);
        const MailboxFolder box = state.folder(must(EmailAddress::parse(kAlice)));
        EXPECT_TRUE(box.save(OrderRecord{"smime", "", {}, {}, "", {}, false}) && box.dropOrder());
        m_holdings.push_back({"smime", must(KeyName::parse(name)), holdingState});
        EXPECT_TRUE(box.saveKey(m_holdings.back().key, key));
        EXPECT_TRUE(box.saveChain(m_holdings.back().key, {certificate, authority.issuing()}));
        EXPECT_TRUE(box.save(MailboxRecord{"smime", "", m_holdings}));
        return certificate;
    }
    std::string file(const char* name, const char* ending) {
        return folder.file(std::string("state/alice@example.org/") + name + ending);
    }
    Result<Outcome> run(const Command& command, const std::string& input = "") {
        const Surroundings around{clock, random, pause, report};
        std::istringstream in(input);
        return execute(command, {config, state, web, mail, around, in});
    }

    TempDir folder;
    SystemDisk disk;
    FakeClock clock;
    Authority authority{clock.now()};
    FakeWeb web;
    NoMail mail;
    SequenceRandom random;
    ClockPause pause{clock};
    RecordingReport report;
    Config config{.file = "mailca.toml",
                  .directory = "https://ca.test/directory",
                  .caFile = "",
                  .stateDir = {},
                  .terms = TermsAgreement::NotYet,
                  .mailboxes = {}};
    StateDirectory state = must(StateDirectory::open(folder.path() / "state", disk));

 private:
    std::vector<Holding> m_holdings;
};

}  // namespace mailca::test
