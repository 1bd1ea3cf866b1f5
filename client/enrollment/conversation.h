// The mail part of an enrollment: wait for the challenge mail, answer it, tell the server, until the authorization is
// valid.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <variant>

#include "client/acme/objects.h"
#include "client/acme/session.h"
#include "client/enrollment/challenge_mail.h"
#include "client/enrollment/mail_access.h"
#include "client/enrollment/surroundings.h"
#include "client/state/mailbox_folder.h"

namespace mailca::client {

struct Authorized {};
using Held = std::variant<Authorized, Waiting>;

class Conversation {
 public:
    // Everything given must outlive it.
    Conversation(acme::Session& session, MailAccess& mail, const MailboxFolder& folder, const Surroundings& around)
        : m_session(session), m_mail(mail), m_folder(folder), m_around(around) {}

    // Before the order is placed: challenge mails that lie there already belong to others, and are noted as handled.
    Result<void> noteOldMails(OrderRecord& record);
    // Answers every challenge mail of this order once (a server may send a second one, with a token of its own) until
    // the authorization is valid. Waiting after `patience`; Unauthorized, IncorrectResponse, ... when it has become
    // invalid.
    Result<Held> hold(const std::string& authorizationUrl, OrderRecord& record, seconds patience);

 private:
    Result<void> answerNewMails(const acme::Challenge& challenge, OrderRecord& record);
    Result<std::optional<ChallengeMail>> readChallenge(const std::string& id, const acme::Challenge& challenge);
    Result<void> answer(const ChallengeMail& mail, const acme::Challenge& challenge, OrderRecord& record);
    Result<void> reply(const ChallengeMail& mail, const acme::Challenge& challenge);
    Result<mail::Inbox*> inbox();
    Result<acme::Authorization> fetch(const std::string& url);

    acme::Session& m_session;
    MailAccess& m_mail;
    const MailboxFolder& m_folder;
    const Surroundings& m_around;
    std::unique_ptr<mail::Inbox> m_inbox;
    std::set<std::string> m_read;  // ids of mails that were read, answered or not: not read again
    int m_answers = 0;
    std::optional<Error> m_refusal;  // the last reply that was refused for good
    std::chrono::milliseconds m_askAgain{};
};

}  // namespace mailca::client
