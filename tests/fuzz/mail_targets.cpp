#include "dns/rdata.h"
#include "enroll/va/bounce.h"
#include "enroll/va/caa_value.h"
#include "enroll/va/email_reply.h"
#include "mail/dkim_key_record.h"
#include "mail/dkim_signature.h"
#include "mail/message.h"
#include "tests/fuzz/target.h"

namespace mailca::fuzz {
namespace {

// RFC 8823 section 3.2, as mail programs wrap it.
constexpr std::string_view kReply =
    "From: Alice <alice@example.org>\r\nTo: ca@ca.example\r\nSubject: Re: ACME: "
    "LgYemJLy3F1LDkiJrdIGbEzyFJyOyf6vBdyZ1TG3sME=\r\n"
    "In-Reply-To: <A2299BB.FF7788@ca.example>\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/mixed; boundary=\"b1\"\r\n\r\n--b1\r\nContent-Type: multipart/alternative; "
    "boundary=b2\r\n\r\n"
    "--b2\r\nContent-Type: text/plain; charset=utf-8; format=flowed\r\nContent-Transfer-Encoding: "
    "quoted-printable\r\n\r\n"
    "-----BEGIN ACME RESPONSE-----\r\nLoqXcYV8q5ONbJQxbmR7SCTNo3tiAXDfowy=\r\njxAjEuX=\r\n-----END ACME "
    "RESPONSE-----\r\n"
    "> what was quoted\r\n--b2--\r\n--b1--\r\n";

Target reply(const World&) {
    Target out{filesOf(test::dataFile("mail"), ".eml"), [](ByteView bytes) {
                   const auto message = mail::Message::parse(asText(bytes));
                   if (!message) return;
                   promise(message->headers().size() <= mail::kMaxHeaders, "a mail has so many headers at most (A48)");
                   promise(message->bodyOffset() <= message->wire().size(), "the body is part of the mail");
                   const auto token = va::tokenOfSubject(message->subject());
                   if (token) promise(token->find_first_of(" \r\n") == std::string::npos, "no blanks in a token (A37)");
                   if (message->text()) (void)va::responseOf(*message->text());
               }};
    out.corpus.push_back(toBytes(kReply));
    return out;
}

Target dkimSignature(const World&) {
    return {textsOf({"v=1; a=rsa-sha256; c=relaxed/simple; d=example.org; s=s1; t=1700000000; x=1700600000; "
                     "h=from:to:subject:message-id; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AAAA\r\n BBBB",
                     "v=1; a=ed25519-sha256; d=example.org; i=@mail.example.org; s=ed; l=10; q=dns/txt; h=From; "
                     "bh=47DEQpj8HBSa; b=AAAA"}),
            [](ByteView bytes) {
                const auto parsed = mail::parseDkimSignature(asText(bytes));
                if (!parsed) return;
                promise(!parsed->domain.empty() && !parsed->selector.empty(), "it says whose key to ask for (J3)");
                promise(parsed->keyName().find_first_of(" \r\n\t;") == std::string::npos, "and that is one name");
                (void)mail::checkDkimSignature(*parsed, Time{});
            }};
}

Target dkimKey(const World&) {
    return {textsOf({"v=DKIM1; k=rsa; h=sha256:sha1; s=email:*; t=y:s; p=MIGfMA0GCSqGSIb3DQEB AQUAA4GN",
                     "k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="}),
            [](ByteView bytes) {
                const auto parsed = mail::parseDkimKeyRecord(asText(bytes));
                if (parsed)
                    promise(parsed->publicKey.find_first_of(" \r\n\t") == std::string::npos, "no blanks in a key");
            }};
}

// CAA as it stands on the wire, then the value of its issuemail.
Target caaValue(const World&) {
    Target out{textsOf({"ca.example; validationmethods=email-reply-00; account=https://ca.example/1", ";",
                        " ca.example ;", "ca1.example.net; policy=ev"}),
               [](ByteView bytes) {
                   for (const auto& value :
                        {std::string(asText(bytes)), dns::parseCaa(bytes).value_or(dns::CaaRecord{}).value}) {
                       const auto grant = va::parseCaaGrant(value);
                       if (!grant) continue;
                       promise(grant->issuer.find_first_of("; \t=") == std::string::npos,
                               "an issuer is a domain (C19)");
                   }
               }};
    Bytes wire{0x80, 9};
    for (const char c : std::string_view("issuemailca.example; account=1"))
        wire.push_back(static_cast<std::uint8_t>(c));
    out.corpus.push_back(wire);
    return out;
}

Target deliveryReport(const World&) {
    return {filesOf(test::dataFile("bounces"), ".eml"), [](ByteView bytes) {
                const auto message = mail::Message::parse(asText(bytes));
                if (!message) return;
                const auto why = va::failureReported(*message);
                if (why) promise(why->size() < 600 && why->find('\n') == std::string::npos, "why is one line");
                promise(va::reportedTo(*message).size() <= 8, "a report comes to a few addresses");
            }};
}

}  // namespace

Targets mailTargets() {
    return {{"delivery-report", deliveryReport},
            {"reply", reply},
            {"dkim-signature", dkimSignature},
            {"dkim-key", dkimKey},
            {"caa-value", caaValue}};
}

}  // namespace mailca::fuzz
