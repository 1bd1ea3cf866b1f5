// A mailbox by IMAP (RFC 3501) through libcurl: its INBOX, by UID.
#pragma once

#include <memory>

#include "core/interrupt.h"
#include "mail/connection.h"
#include "mail/inbox.h"

namespace mailca::mail {

class ImapInbox final : public Inbox {
 public:
    // The interrupt, which must outlive it, ends every exchange with the server within a second or so.
    explicit ImapInbox(std::shared_ptr<const ServerOptions> server, const Interrupt* interrupt = nullptr);
    ~ImapInbox() override;
    Result<std::vector<std::string>> find(Time since, std::string_view subject) override;
    Result<std::string> read(const std::string& id) override;  // the server marks it seen as well
    Result<void> markSeen(const std::string& id) override;

    // What the ids of mails are good for: another value, and they name other mails (RFC 3501 section 2.3.1.1).
    Result<std::string> validity();
    // Ids of mails behind `id` (empty: of all) that came at or a day before `since`, oldest first.
    Result<std::vector<std::string>> behind(const std::string& id, Time since);

 private:
    class Session;
    std::unique_ptr<Session> m_session;
};

}  // namespace mailca::mail
