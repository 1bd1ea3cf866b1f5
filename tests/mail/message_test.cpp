#include "mail/message.h"

#include <gtest/gtest.h>

namespace mailca::mail {
namespace {

Message parsed(const std::string& raw) {
    Result<Message> message = Message::parse(raw);
    if (!message) throw std::runtime_error(message.error().text());
    return std::move(*message);
}

std::vector<std::string> texts(const MailboxList& list) {
    std::vector<std::string> all;
    for (const EmailAddress& mailbox : list.mailboxes) all.push_back(mailbox.text());
    return all;
}

TEST(Message, TurnsEveryLineEndIntoCrlf) {  // A48
    EXPECT_EQ(withCrlf("a\nb\rc\r\nd\r\r\n\n"), "a\r\nb\r\nc\r\nd\r\n\r\n\r\n");
    EXPECT_EQ(withCrlf(""), "");
    EXPECT_EQ(withCrlf("\r"), "\r\n");
    const Message message = parsed("From: a@example.org\n\nbody\r");
    EXPECT_EQ(message.wire(), "From: a@example.org\r\n\r\nbody\r\n");
    EXPECT_EQ(message.wire().substr(message.bodyOffset()), "body\r\n");
}

TEST(Message, KeepsHeadersInOrderAsTheyCame) {
    const Message message =
        parsed("Received: one\r\nFROM:a@example.org\r\nX-Long: a\r\n\tb\r\n c \r\nreceived: two\r\n\r\n");
    ASSERT_EQ(message.headers().size(), 4U);
    EXPECT_EQ(message.headers()[1].name, "FROM");
    EXPECT_EQ(message.headers()[1].value, "a@example.org");
    EXPECT_EQ(message.headers()[2].value, " a\r\n\tb\r\n c ");
    EXPECT_EQ(message.field("x-long"), "a\tb c");
    EXPECT_EQ(message.count("Received"), 2U);
    EXPECT_EQ(message.field("Received"), "one");
    EXPECT_EQ(message.field("Subject"), std::nullopt);
    EXPECT_FALSE(message.has("Subject"));
}

TEST(Message, HeadersMayEndTheMail) {
    const Message message = parsed("From: a@example.org");
    EXPECT_EQ(message.headers().size(), 1U);
    EXPECT_EQ(message.bodyOffset(), message.wire().size());
    EXPECT_EQ(message.text(), "");
}

struct SubjectCase {
    std::string raw;
    std::string decoded;
};

class MessageSubject : public testing::TestWithParam<SubjectCase> {};

TEST_P(MessageSubject, IsDecoded) {  // A37: RFC 2047 and 2231 first
    EXPECT_EQ(parsed("Subject:" + GetParam().raw + "\r\nFrom: a@example.org\r\n\r\n").subject(), GetParam().decoded);
}

INSTANTIATE_TEST_SUITE_P(
    Table, MessageSubject,
    testing::Values(SubjectCase{" ACME: abc", "ACME: abc"}, SubjectCase{" Re: ACME:\r\n abc", "Re: ACME: abc"},
                    SubjectCase{" =?utf-8?Q?AW=3A_ACME=3A_abc?=", "AW: ACME: abc"},
                    SubjectCase{" =?utf-8?B?QUNNRTog?=\r\n =?utf-8?B?YWJj?=", "ACME: abc"},
                    SubjectCase{" =?iso-8859-1?Q?Gr=FC=DFe?= ACME: abc", "Gr\xc3\xbc\xc3\x9f\x65 ACME: abc"},
                    SubjectCase{" =?iso-8859-1*de?Q?Gr=FC=DFe?=", "Gr\xc3\xbc\xc3\x9f\x65"},
                    SubjectCase{" \xe5\x9b\x9e\xe5\xa4\x8d: ACME: abc", "\xe5\x9b\x9e\xe5\xa4\x8d: ACME: abc"},
                    SubjectCase{"", ""}));

TEST(Message, SubjectIsAlwaysUtf8) {
    for (const char* raw : {"\xff\xfe", "=?utf-8?Q?=FF=FE?=", "=?no-such-charset?B?/////w==?="}) {
        const std::string subject = parsed("Subject: " + std::string(raw) + "\r\n\r\n").subject();
        EXPECT_EQ(subject.find('\xff'), std::string::npos) << raw;
    }
}

struct AddressCase {
    std::string raw;
    std::vector<std::string> mailboxes;
    std::size_t others;
};

class MessageFrom : public testing::TestWithParam<AddressCase> {};

TEST_P(MessageFrom, IsReadAsOneWouldRead) {  // A38, H1-H2
    const Message message = parsed("From: " + GetParam().raw + "\r\n\r\n");
    EXPECT_EQ(texts(message.from()), GetParam().mailboxes);
    EXPECT_EQ(message.from().others, GetParam().others);
    const bool single = GetParam().mailboxes.size() == 1 && GetParam().others == 0;
    EXPECT_EQ(message.from().single().has_value(), single);
}

const std::vector<std::string> kAlice = {"alice@example.org"};

INSTANTIATE_TEST_SUITE_P(
    Table, MessageFrom,
    testing::Values(AddressCase{"alice@example.org", kAlice, 0}, AddressCase{"<alice@example.org>", kAlice, 0},
                    AddressCase{"Alice <alice@EXAMPLE.org>", kAlice, 0},
                    AddressCase{"alice@example.org (mallory@evil.example)", kAlice, 0},
                    AddressCase{"\"mallory@evil.example\" <alice@example.org>", kAlice, 0},
                    AddressCase{"\"a\\\"<mallory@evil.example>,\" <alice@example.org>", kAlice, 0},
                    AddressCase{"=?utf-8?q?a=22_=3Cmallory=40evil.example=3E=2C?= <alice@example.org>", kAlice, 0},
                    AddressCase{"\"very long name\"\r\n <alice@example.org>", kAlice, 0},
                    AddressCase{"alice@ex\xc3\xa4mple.org", {"alice@xn--exmple-cua.org"}, 0},
                    AddressCase{"alice@example.org, bob@example.org", {"alice@example.org", "bob@example.org"}, 0},
                    AddressCase{"<alice@example.org> <bob@example.org>", {"alice@example.org", "bob@example.org"}, 0},
                    AddressCase{"mallory@evil.example <alice@example.org>", kAlice, 1},
                    AddressCase{"alice@example.org@evil.example", kAlice, 1},
                    AddressCase{"<@evil.example:alice@example.org>", kAlice, 1},
                    AddressCase{"alice@example.org;mallory@evil.example", kAlice, 1},
                    AddressCase{"team: alice@example.org;", {}, 1},
                    AddressCase{"=?utf-8?q?alice=40example.org?=", {}, 1}, AddressCase{"\"alice\"@example.org", {}, 1},
                    AddressCase{"alice@[192.0.2.1]", {}, 1}, AddressCase{"alice", {}, 1}, AddressCase{"<>", {}, 1},
                    AddressCase{"", {}, 1}));

TEST(Message, AddressesOfRepeatedFieldsAddUp) {
    const Message message =
        parsed("From: alice@example.org\r\nTo: x@ca.example\r\nfrom: bob@example.org\r\nTo: y@ca.example\r\n\r\n");
    EXPECT_EQ(texts(message.from()), (std::vector<std::string>{"alice@example.org", "bob@example.org"}));
    EXPECT_FALSE(message.from().single());
    EXPECT_TRUE(message.to().contains(*EmailAddress::parse("y@ca.example")));
    EXPECT_FALSE(message.to().contains(*EmailAddress::parse("Y@ca.example")));  // H4
    EXPECT_TRUE(message.replyTo().mailboxes.empty());
}

TEST(Message, SeesListFields) {  // A41
    EXPECT_TRUE(parsed("list-ID: x\r\n\r\n").hasListField());
    EXPECT_TRUE(parsed("From: a@example.org\r\nList-Unsubscribe: x\r\n\r\n").hasListField());
    EXPECT_FALSE(parsed("X-List-Id: x\r\nListing: y\r\n\r\n").hasListField());
}

struct BodyCase {
    const char* name;
    std::string head;
    std::string body;
    Shape shape;
    std::optional<std::string> text;
};

class MessageBody : public testing::TestWithParam<BodyCase> {};

TEST_P(MessageBody, IsFoundAndDecoded) {  // A42, A44
    const Message message = parsed(GetParam().head + "From: a@example.org\r\n\r\n" + GetParam().body);
    EXPECT_EQ(message.shape(), GetParam().shape);
    EXPECT_EQ(message.text(), GetParam().text);
}

const std::string kAlternative = "Content-Type: multipart/alternative; boundary=b\r\n";
const std::string kParts =
    "--b\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b--\r\n";

INSTANTIATE_TEST_SUITE_P(
    Table, MessageBody,
    testing::Values(
        BodyCase{"no MIME at all", "", "one\r\ntwo\r\n", Shape::TextPlain, "one\ntwo\n"},
        BodyCase{"upper case", "CONTENT-TYPE: TEXT/PLAIN\r\n", "x", Shape::TextPlain, "x"},
        BodyCase{"quoted-printable",
                 "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n",
                 "Gr=FC=DFe =\r\nus\r\n", Shape::TextPlain, "Gr\xc3\xbc\xc3\x9f\x65 us\n"},
        BodyCase{"base64", "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: BASE64\r\n",
                 "Z3LDvMOf\r\nZQ0K\r\n", Shape::TextPlain, "gr\xc3\xbc\xc3\x9f\x65\n"},
        BodyCase{"charset that nobody knows", "Content-Type: text/plain; charset=x-nobody\r\n", "plain\r\n",
                 Shape::TextPlain, "plain\n"},
        BodyCase{"alternative", kAlternative, kParts, Shape::Alternative, "hi"},
        BodyCase{"alternative without text", kAlternative, "--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b--\r\n",
                 Shape::Other, std::nullopt},
        BodyCase{"alternative with a nested text", kAlternative,
                 "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nhi\r\n--c--\r\n--b--\r\n",
                 Shape::Other, std::nullopt},
        BodyCase{"mixed", "Content-Type: multipart/mixed; boundary=b\r\n", kParts, Shape::Wrapped, "hi"},
        BodyCase{"signed alternative", "Content-Type: multipart/signed; boundary=s; protocol=x; micalg=y\r\n",
                 "--s\r\n" + kAlternative + "\r\n" + kParts +
                     "--s\r\nContent-Type: application/pkcs7-signature\r\n\r\nx\r\n--s--\r\n",
                 Shape::Wrapped, "hi"},
        BodyCase{"html", "Content-Type: text/html\r\n", "<p>", Shape::Other, std::nullopt},
        BodyCase{"report", "Content-Type: multipart/report; boundary=b\r\n", kParts, Shape::Other, std::nullopt},
        BodyCase{"forwarded mail", "Content-Type: message/rfc822\r\n", "From: a@example.org\r\n\r\nhi\r\n",
                 Shape::Other, std::nullopt},
        BodyCase{"two content types", "Content-Type: text/html\r\nContent-Type: text/plain\r\n", "hi\r\n", Shape::Other,
                 std::nullopt}),
    [](const testing::TestParamInfo<BodyCase>& row) {
        std::string name = row.param.name;
        std::replace_if(
            name.begin(), name.end(), [](char c) { return !std::isalnum(static_cast<unsigned char>(c)); }, '_');
        return name;
    });

TEST(Message, NamesTheContentType) {
    EXPECT_EQ(parsed("From: a@example.org\r\n\r\n").contentType(), "text/plain");
    EXPECT_EQ(parsed("Content-Type: Multipart/Mixed; boundary=x\r\n\r\n--x--\r\n").contentType(), "multipart/mixed");
}

}  // namespace
}  // namespace mailca::mail
