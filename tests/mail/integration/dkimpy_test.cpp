// Our signatures, verified by a program that is not ours: dkimpy.
#include <gtest/gtest.h>

#include "mail/compose.h"
#include "tests/mail/signing_keys.h"
#include "tests/support/files.h"
#include "tests/support/run.h"

namespace mailca::mail {
namespace {

// dkimpy's verdict on every signature, from the top.
std::string dkimpyOn(const std::string& mail, const DkimSigner& signer) {
    const test::TempDir folder;
    std::string zone;
    for (const DkimSigner::DnsRecord& record : signer.dnsRecords()) zone += record.name + "\t" + record.text + "\n";
    test::writeFile(folder.path() / "zone", zone);
    test::writeFile(folder.path() / "mail", mail);
    const test::Outcome outcome = test::run(std::string(MAILCA_SOURCE_DIR) + "/tests/mail/integration/dkimpy_verify " +
                                            folder.file("mail") + " " + folder.file("zone"));
    if (outcome.status != 0) throw std::runtime_error(outcome.output);
    return outcome.output;
}

std::string challenge(const DkimSigner& signer, const std::string& body) {
    const std::string mail = *compose({.from = *EmailAddress::parse("acme@ca.example"),
                                       .to = *EmailAddress::parse("alice@example.org"),
                                       .toAsSent = "alice@Example.org",
                                       .replyTo = *EmailAddress::parse("acme+1@ca.example"),
                                       .subject = "ACME: LgYemJLy3F1LDkiJrdIGbEzyFJyOyf6v",
                                       .date = SystemClock().now(),
                                       .messageId = *MessageId::parse("<m1@ca.example>"),
                                       .inReplyTo = std::nullopt,
                                       .autoSubmitted = "auto-generated; type=acme",
                                       .body = body});
    return *signer.sign(mail, SystemClock().now());
}

TEST(Dkimpy, AcceptsBothOfOurSignatures) {  // J11
    const DkimSigner signer = test::signerWith({test::KeyKind::Rsa2048, test::KeyKind::Ed25519}, 48h);
    for (const char* body : {"", "hello\n", "  two   blanks \t\n\n\n", "\n\n.\nlast\n"}) {
        EXPECT_EQ(dkimpyOn(challenge(signer, body), signer), "rsa True\ned True\n") << body;
    }
}

TEST(Dkimpy, RefusesWhatWasChanged) {
    const DkimSigner signer = test::signerWith({test::KeyKind::Rsa2048, test::KeyKind::Ed25519}, 48h);
    const std::string mail = challenge(signer, "hello\n");
    EXPECT_EQ(dkimpyOn(mail + "more\r\n", signer), "rsa False\ned False\n");
    EXPECT_EQ(dkimpyOn("Subject: other\r\n" + mail, signer), "rsa False\ned False\n");
    EXPECT_EQ(dkimpyOn("List-Id: other\r\n" + mail, signer), "rsa False\ned False\n");
}

}  // namespace
}  // namespace mailca::mail
