// The state directory (0700): the account, the pinned roots, a folder for each mailbox, and the lock.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "client/state/disk.h"
#include "client/state/mailbox_folder.h"
#include "core/descriptor.h"
#include "core/email_address.h"
#include "core/result.h"

namespace mailca::client {

// Held while a command changes the state; let go when dropped.
class StateLock {
 public:
    explicit StateLock(Descriptor file) : m_file(std::move(file)) {}

 private:
    Descriptor m_file;
};

// `disk` must outlive it.
class StateDirectory {
 public:
    // Makes it when it is missing. Config error when group or others can get at it.
    static Result<StateDirectory> open(std::filesystem::path path, Disk& disk);

    // Unavailable when another mailca works here.
    Result<StateLock> lock() const;
    MailboxFolder folder(const EmailAddress& mailbox) const;
    // Folders of mailboxes that have certificates or an order under way, by address.
    Result<std::vector<MailboxFolder>> folders() const;

    std::filesystem::path file(const char* name) const { return m_path / name; }
    Result<std::optional<std::string>> read(const char* name) const { return readFile(file(name)); }
    Result<void> write(const char* name, std::string_view content) const {
        return writeDurably(*m_disk, file(name), content);
    }

 private:
    StateDirectory(std::filesystem::path path, Disk& disk) : m_path(std::move(path)), m_disk(&disk) {}
    std::filesystem::path m_path;
    Disk* m_disk;
};

}  // namespace mailca::client
