// One mailbox's folder in the state directory: its keys, its chains, its two records.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "client/state/disk.h"
#include "client/state/records.h"
#include "core/crypto/key.h"
#include "core/x509/certificate.h"

namespace mailca::client {

// Every write is durable when it returns. Errors: Io, or Parse with the file that is damaged. `disk` must outlive it.
class MailboxFolder {
 public:
    MailboxFolder(EmailAddress mailbox, std::filesystem::path path, Disk& disk)
        : m_mailbox(std::move(mailbox)), m_path(std::move(path)), m_disk(&disk) {}

    const EmailAddress& mailbox() const { return m_mailbox; }

    Result<std::optional<OrderRecord>> order() const;
    Result<void> save(const OrderRecord& record) const;
    Result<void> dropOrder() const;  // fine when there is none

    Result<std::optional<MailboxRecord>> record() const;
    Result<void> save(const MailboxRecord& record) const;

    std::filesystem::path keyFile(const KeyName& name) const;
    std::filesystem::path chainFile(const KeyName& name) const;
    Result<std::optional<crypto::PrivateKey>> findKey(const KeyName& name) const;
    Result<crypto::PrivateKey> key(const KeyName& name) const;  // NotFound when it is not there
    Result<void> saveKey(const KeyName& name, const crypto::PrivateKey& key) const;
    Result<std::vector<x509::Certificate>> chain(const KeyName& name) const;  // leaf first; NotFound
    Result<x509::Certificate> leaf(const KeyName& name) const;
    Result<void> saveChain(const KeyName& name, const std::vector<x509::Certificate>& chain) const;

 private:
    template <typename Record>
    Result<std::optional<Record>> read(const char* name, Result<Record> (*parse)(std::string_view)) const;

    EmailAddress m_mailbox;
    std::filesystem::path m_path;
    Disk* m_disk;
};

}  // namespace mailca::client
