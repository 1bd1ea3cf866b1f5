#include "client/enrollment/conversation.h"

#include <algorithm>

#include "client/acme/problem.h"

namespace mailca::client {
namespace {

constexpr std::string_view kSubject = "ACME:";
constexpr seconds kClockSkew = 10min;  // between the mail server's clock and ours
constexpr auto kLookAgain = 500ms;
// A server sends one mail, and one more after a crash. Whoever sends more wants our signed mail to go somewhere.
constexpr int kMostAnswers = 5;

bool isHandled(const OrderRecord& record, const std::string& messageId) {
    return std::ranges::find(record.handledMails, messageId) != record.handledMails.end();
}

}  // namespace

Result<void> Conversation::noteOldMails(OrderRecord& record) {
    TRY(mail::Inbox* const box, inbox());
    TRY(const std::vector<std::string> ids, box->find(record.started - kClockSkew, kSubject));
    for (const std::string& id : ids) {
        const auto raw = box->read(id);
        if (!raw) continue;  // gone, or larger than any challenge mail
        const auto message = mail::Message::parse(*raw);
        if (!message) continue;
        const auto messageId = mail::MessageId::parse(message->field("Message-ID").value_or(""));
        if (messageId && message->subject().find(kSubject) != std::string::npos &&
            !isHandled(record, messageId->text())) {
            record.handledMails.push_back(messageId->text());
        }
    }
    return {};
}

Result<Held> Conversation::hold(const std::string& authorizationUrl, OrderRecord& record, seconds patience) {
    const Time deadline = m_around.clock.now() + patience;
    bool posted = false;
    TRY(acme::Authorization authorization, fetch(authorizationUrl));  // this releases the challenge mail (A14)
    if (!record.replied) m_around.report.progress("waiting for the challenge mail");
    while (true) {
        if (authorization.status == acme::Status::Valid) return Held(Authorized{});
        if (authorization.status == acme::Status::Invalid) {
            return authorization.problem.value_or(fail(ErrorKind::Unauthorized, "the mailbox could not be validated"));
        }
        if (!authorization.emailReply) {
            return fail(ErrorKind::UnsupportedIdentifier, "the server offers no email-reply-00 challenge");
        }
        const acme::Challenge& challenge = *authorization.emailReply;
        TRY_VOID(answerNewMails(challenge, record));
        if (record.replied && !posted && challenge.status == acme::Status::Pending) {
            TRY_VOID(m_session.post(challenge.url, json::object({})));
            posted = true;
        }
        if (m_around.clock.now() >= deadline) {
            if (!record.replied && m_refusal) return *m_refusal;
            const std::string what =
                record.replied ? "the server has not checked the reply yet" : "no challenge mail has come yet";
            return Held(Waiting{what + ": run the same command again"});
        }
        m_around.pause.wait(record.replied ? m_askAgain : kLookAgain);
        if (record.replied) {
            TRY(authorization, fetch(authorizationUrl));
        }
    }
}

Result<void> Conversation::answerNewMails(const acme::Challenge& challenge, OrderRecord& record) {
    TRY(mail::Inbox* const box, inbox());
    TRY(const std::vector<std::string> ids, box->find(record.started - kClockSkew, kSubject));
    for (const std::string& id : ids) {
        if (m_read.contains(id)) continue;
        TRY(const std::optional<ChallengeMail> mail, readChallenge(id, challenge));
        m_read.insert(id);
        if (!mail || isHandled(record, mail->messageId.text())) continue;
        if (m_answers == kMostAnswers) {
            m_around.report.warning("more challenge mails than any server sends have come: this one is not answered");
            continue;
        }
        TRY_VOID(answer(*mail, challenge, record));
        if (!isHandled(record, mail->messageId.text())) continue;
        if (!box->markSeen(id)) m_around.report.progress("the challenge mail stays unread in the mailbox");
    }
    return {};
}

Result<void> Conversation::answer(const ChallengeMail& mail, const acme::Challenge& challenge, OrderRecord& record) {
    m_around.report.progress("challenge mail found; replying to " + mail.replyTo.text());
    ++m_answers;
    const Result<void> sent = reply(mail, challenge);
    // A reply that is refused for good says something of this one mail, which anybody may have sent: the next may be
    // the server's own. Everything else is trouble of ours, and ends this run.
    if (!sent && sent.error().kind != ErrorKind::Connection) return sent.error();
    if (!sent) {
        m_refusal = sent.error();
        m_around.report.warning(m_refusal->detail);
        return {};
    }
    record.handledMails.push_back(mail.messageId.text());
    record.replied = true;
    return m_folder.save(record);
}

Result<std::optional<ChallengeMail>> Conversation::readChallenge(const std::string& id,
                                                                 const acme::Challenge& challenge) {
    const auto raw = m_inbox->read(id);
    if (!raw && raw.error().kind == ErrorKind::Io) return raw.error();
    if (!raw) return std::optional<ChallengeMail>();  // gone, or larger than any challenge mail
    const auto message = mail::Message::parse(*raw);
    if (!message) return std::optional<ChallengeMail>();
    auto checked = checkChallengeMail(*message, {m_folder.mailbox(), challenge.from});
    if (checked) return std::optional(std::move(*checked));
    if (message->from().contains(challenge.from) && message->subject().find(kSubject) != std::string::npos) {
        m_around.report.warning("a mail that looks like the challenge is not answered: " + checked.error().detail);
    }
    return std::optional<ChallengeMail>();
}

Result<void> Conversation::reply(const ChallengeMail& mail, const acme::Challenge& challenge) {
    const std::string digest = responseDigest(mail.tokenPart1, challenge.token, m_session.thumbprint());
    const EmailAddress& mailbox = m_folder.mailbox();
    TRY(const std::string text, composeReply(mail, mailbox, digest, m_around.clock.now(), m_around.random));
    TRY(const std::unique_ptr<mail::Transport> transport, m_mail.transport(mailbox));
    const mail::SendReport report = transport->send(mailbox, mail.replyTo, text);
    switch (report.outcome) {
        case mail::SendOutcome::Accepted:
            return {};
        case mail::SendOutcome::Temporary:
            return fail(ErrorKind::Unavailable, "the mail server does not take the reply now (" + report.text +
                                                    "): run the same command again later");
        case mail::SendOutcome::Permanent:
            return fail(ErrorKind::Connection, "the mail server refuses the reply: " + report.text);
        case mail::SendOutcome::Misconfigured:
            return fail(ErrorKind::Config, "the reply cannot be sent (" + report.text +
                                               "): check smtp of this mailbox in the configuration");
    }
    return fail(ErrorKind::Connection, report.text);
}

Result<mail::Inbox*> Conversation::inbox() {
    if (m_inbox == nullptr) {
        TRY(m_inbox, m_mail.inbox(m_folder.mailbox()));
    }
    return m_inbox.get();
}

Result<acme::Authorization> Conversation::fetch(const std::string& url) {
    TRY(const http::Reply reply, m_session.fetch(url));
    m_askAgain = acme::retryAfter(reply, 1s);
    return acme::parseAuthorization(reply.body);
}

}  // namespace mailca::client
