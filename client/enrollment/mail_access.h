// How to get at a mailbox's mail. A port: tests bring inboxes and transports of their own.
#pragma once

#include <memory>

#include "client/config.h"
#include "core/result.h"
#include "mail/inbox.h"
#include "mail/transport.h"

namespace mailca::client {

class MailAccess {
 public:
    virtual ~MailAccess() = default;
    // Config error when the configuration does not say how.
    virtual Result<std::unique_ptr<mail::Inbox>> inbox(const EmailAddress& mailbox) = 0;
    virtual Result<std::unique_ptr<mail::Transport>> transport(const EmailAddress& mailbox) = 0;
};

// As the configuration says. `config` must outlive it.
class ConfiguredMail final : public MailAccess {
 public:
    explicit ConfiguredMail(const Config& config) : m_config(config) {}
    Result<std::unique_ptr<mail::Inbox>> inbox(const EmailAddress& mailbox) override;
    Result<std::unique_ptr<mail::Transport>> transport(const EmailAddress& mailbox) override;

 private:
    const Config& m_config;
};

}  // namespace mailca::client
