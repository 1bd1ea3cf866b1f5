#include "client/enrollment/mail_access.h"

#include "mail/imap.h"
#include "mail/maildir.h"
#include "mail/smtp.h"

namespace mailca::client {

Result<std::unique_ptr<mail::Inbox>> ConfiguredMail::inbox(const EmailAddress& mailbox) {
    TRY(const MailboxSettings settings, m_config.settingsOf(mailbox));
    if (const auto* maildir = std::get_if<MaildirPath>(&settings.inbox)) {
        TRY(mail::Maildir opened, mail::Maildir::open(maildir->path));
        return std::unique_ptr<mail::Inbox>(std::make_unique<mail::MaildirInbox>(std::move(opened)));
    }
    TRY(mail::ServerOptions options, mail::optionsOf(std::get<MailServer>(settings.inbox)));
    return std::unique_ptr<mail::Inbox>(
        std::make_unique<mail::ImapInbox>(std::make_shared<const mail::ServerOptions>(std::move(options))));
}

Result<std::unique_ptr<mail::Transport>> ConfiguredMail::transport(const EmailAddress& mailbox) {
    TRY(const MailboxSettings settings, m_config.settingsOf(mailbox));
    TRY(mail::ServerOptions options, mail::optionsOf(settings.smtp));
    return std::unique_ptr<mail::Transport>(std::make_unique<mail::SmtpTransport>(std::move(options)));
}

}  // namespace mailca::client
