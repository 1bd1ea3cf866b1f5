// A mailbox by IMAP (RFC 3501) through libcurl: its INBOX, by UID.
#pragma once

#include <memory>

#include "mail/connection.h"
#include "mail/inbox.h"

namespace mailca::mail {

class ImapInbox final : public Inbox {
 public:
    explicit ImapInbox(ServerOptions options);
    ~ImapInbox() override;
    Result<std::vector<std::string>> find(Time since, std::string_view subject) override;
    Result<std::string> read(const std::string& id) override;  // the server marks it seen as well
    Result<void> markSeen(const std::string& id) override;

 private:
    class Session;
    std::unique_ptr<Session> m_session;
};

}  // namespace mailca::mail
