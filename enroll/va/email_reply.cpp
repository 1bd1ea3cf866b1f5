// Is this mail the reply to our challenge (RFC 8823 section 3.2)? Pure: all facts come in as arguments.
#include "enroll/va/email_reply.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace mailca::va {
namespace {

// A33: what the passing signature has to cover.
constexpr std::array<std::string_view, 12> kCovered{
    "from", "sender",      "reply-to",   "to",         "cc",           "subject",
    "date", "in-reply-to", "references", "message-id", "content-type", "content-transfer-encoding"};
// A35: covered in any mode, there or not.
constexpr std::array<std::string_view, 5> kAlwaysCovered{"from", "to", "subject", "date", "message-id"};
// J9: two of these and nobody can say which one a reader saw.
constexpr std::array<std::string_view, 5> kSingle{"From", "Subject", "To", "Date", "Message-ID"};

std::optional<std::string> lowerField(const mail::Message& reply, std::string_view name) {
    const auto value = reply.field(name);
    return value ? std::optional(toAsciiLower(*value)) : std::nullopt;
}

std::optional<std::string> refusalOfForm(const mail::Message& reply) {
    for (const std::string_view name : kSingle) {
        if (reply.count(name) > 1) return "the mail has more than one " + std::string(name) + " field";
    }
    if (reply.hasListField()) return "the mail came by a mailing list";  // A41
    const auto precedence = lowerField(reply, "Precedence");             // A46
    if (precedence == "bulk" || precedence == "list") return "the mail is bulk mail (Precedence: " + *precedence + ")";
    const auto returnPath = reply.field("Return-Path");
    if (returnPath == "<>") return "the mail has no envelope sender: it is a delivery report or an automatic answer";
    if (reply.shape() != mail::Shape::TextPlain && reply.shape() != mail::Shape::Alternative) {  // A42
        return "the mail is neither text/plain nor multipart/alternative with text/plain, but " + reply.contentType();
    }
    return std::nullopt;
}

std::optional<std::string> refusalOfParties(const mail::Message& reply, const Expected& expected, Time now) {
    if (!expected.open) return "the challenge of this token has ended";                   // A18
    if (now > expected.expires) return "the reply came too late, its token has expired";  // A17
    const auto sender = reply.from().single();
    if (!sender) return "From does not hold exactly one mailbox address";
    if (*sender != expected.mailbox) return "From is not the mailbox that the challenge was sent to";  // A38
    if (!reply.to().contains(expected.challengeFrom))
        return "To is not the address that the challenge came from";  // A39
    return std::nullopt;
}

std::size_t listed(const mail::DkimResult& signature, std::string_view name) {
    return static_cast<std::size_t>(std::ranges::count(signature.signedHeaders, name));
}

// The first header that keeps this signature from covering enough for `mode`; DKIM takes instances from the bottom, so
// that naming a header as often as it stands there covers all of them (J5).
std::optional<std::string_view> uncovered(const mail::Message& reply, const mail::DkimResult& signature,
                                          DkimMode mode) {
    for (const std::string_view name : kCovered) {
        const bool always = mode == DkimMode::Strict || std::ranges::count(kAlwaysCovered, name) != 0;
        const std::size_t needed = std::max<std::size_t>(reply.count(name), always ? 1 : 0);
        if (listed(signature, name) < needed) return name;
    }
    return std::nullopt;
}

struct Authentication {
    std::optional<Proven> proven;
    bool tryLater = false;
    std::string reason;  // why not, of the last signature looked at
};

// A33-A36: any one signature of the From domain itself that passes and covers enough.
Authentication authenticate(const mail::Message& reply, const std::vector<mail::DkimResult>& dkim,
                            const std::string& domain, DkimMode mode) {
    Authentication outcome{{}, false, "the mail carries no DKIM signature"};
    for (std::size_t i = 0; i < dkim.size(); ++i) {
        const mail::DkimResult& signature = dkim[i];
        if (signature.domain.empty()) {
            outcome.reason = "its DKIM signature cannot be read: " + signature.reason;
            continue;
        }
        if (signature.domain != domain) {
            outcome.reason = "its DKIM signature is by " + signature.domain + ", not by " + domain;
            continue;
        }
        if (signature.verdict != mail::DkimVerdict::Pass) {
            outcome.tryLater = outcome.tryLater || signature.verdict == mail::DkimVerdict::TempFail;
            outcome.reason = "its DKIM signature does not count: " + signature.reason;
            continue;
        }
        if (!uncovered(reply, signature, DkimMode::Strict)) {
            outcome.proven = Proven{DkimMode::Strict, i};
            return outcome;
        }
        const auto missing = uncovered(reply, signature, mode);
        if (missing) {
            outcome.reason = "its DKIM signature does not cover all of the header " + std::string(*missing);
        } else if (!outcome.proven) {
            outcome.proven = Proven{DkimMode::Compatible, i};
        }
    }
    return outcome;
}

bool isRight(std::string_view response, const Expected& expected) {
    const bool ofThen = equalConstantTime(asBytes(response), asBytes(expected.digest));
    const bool ofToday =
        !expected.otherDigest.empty() && equalConstantTime(asBytes(response), asBytes(expected.otherDigest));
    return ofThen || ofToday;
}

}  // namespace

InReplyTo inReplyToOf(const mail::Message& reply, const Expected& expected) {
    const auto field = reply.field("In-Reply-To");
    if (!field) return InReplyTo::Absent;
    return field->find("<" + expected.messageId + ">") == std::string::npos ? InReplyTo::Differs : InReplyTo::Matches;
}

std::optional<Rejected> refuseUnread(const mail::Message& reply, const Expected& expected, Time now) {
    if (auto reason = refusalOfForm(reply)) return Rejected{*std::move(reason)};
    if (auto reason = refusalOfParties(reply, expected, now)) return Rejected{*std::move(reason)};
    if (const auto response = responseOf(reply.text().value_or("")); !response) {
        return Rejected{response.error().detail};
    }
    return std::nullopt;
}

Judgement judgeReply(const mail::Message& reply, const std::vector<mail::DkimResult>& dkim,
                     const std::optional<Expected>& expected, DkimMode mode, Time now) {
    if (!expected) return Rejected{"no challenge of ours has the token that its subject names"};
    if (auto refused = refuseUnread(reply, *expected, now)) return *std::move(refused);
    const auto response = responseOf(reply.text().value_or(""));
    if (!response) return Rejected{response.error().detail};

    const Authentication sender = authenticate(reply, dkim, expected->mailbox.domain(), mode);
    const bool rightAnswer = isRight(*response, *expected);
    // Only who holds both parts of the token can keep a challenge waiting for DNS, and end it so (A19, A20).
    if (!sender.proven && sender.tryLater && rightAnswer) return TryLater{sender.reason};
    if (!sender.proven) return Rejected{sender.reason};
    if (!rightAnswer) {
        return WrongAnswer{"the response is not the digest of this challenge's key authorization"};
    }
    return *sender.proven;
}

}  // namespace mailca::va
