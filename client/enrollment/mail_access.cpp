#include "client/enrollment/mail_access.h"

#include "core/secret_file.h"
#include "mail/imap.h"
#include "mail/maildir.h"
#include "mail/smtp.h"

namespace mailca::client {
namespace {

Result<mail::ServerOptions> optionsOf(const MailServer& server) {
    mail::ServerOptions out;
    out.host = server.host;
    out.port = server.port;
    out.security = server.security;
    out.user = server.user;
    if (!server.user.empty()) {
        TRY(out.password, readSecretLine(server.passwordFile));
    }
    out.caFile = server.caFile;
    return out;
}

}  // namespace

Result<std::unique_ptr<mail::Inbox>> ConfiguredMail::inbox(const EmailAddress& mailbox) {
    TRY(const MailboxSettings settings, m_config.settingsOf(mailbox));
    if (const auto* maildir = std::get_if<MaildirPath>(&settings.inbox)) {
        TRY(mail::Maildir opened, mail::Maildir::open(maildir->path));
        return std::unique_ptr<mail::Inbox>(std::make_unique<mail::MaildirInbox>(std::move(opened)));
    }
    TRY(mail::ServerOptions options, optionsOf(std::get<MailServer>(settings.inbox)));
    return std::unique_ptr<mail::Inbox>(
        std::make_unique<mail::ImapInbox>(std::make_shared<const mail::ServerOptions>(std::move(options))));
}

Result<std::unique_ptr<mail::Transport>> ConfiguredMail::transport(const EmailAddress& mailbox) {
    TRY(const MailboxSettings settings, m_config.settingsOf(mailbox));
    TRY(mail::ServerOptions options, optionsOf(settings.smtp));
    return std::unique_ptr<mail::Transport>(std::make_unique<mail::SmtpTransport>(std::move(options)));
}

}  // namespace mailca::client
