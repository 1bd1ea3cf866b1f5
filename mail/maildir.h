// A Maildir (maildir(5)): new/, cur/, tmp/. Readers need no lock: a file in new/ or cur/ is whole.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/random.h"
#include "core/result.h"
#include "mail/inbox.h"

namespace mailca::mail {

// Every call stands alone; several processes and threads may work on one Maildir.
class Maildir {
 public:
    // Io error unless `root` is a directory with new/ and cur/ in it.
    static Result<Maildir> open(std::filesystem::path root);
    // Makes new/, cur/, tmp/ (0700) where they are missing.
    static Result<Maildir> create(std::filesystem::path root);

    const std::filesystem::path& root() const { return m_root; }
    // Names of the files in new/, oldest first. What is no regular file or begins with a dot is left out.
    Result<std::vector<std::string>> list() const;
    // Raw bytes of a file in new/, or else in cur/, under whatever flags. NotFound when it is gone, Parse when it is
    // larger than kMaxMessageBytes, Malformed for a name with "/" or NUL in it or a leading dot.
    Result<std::string> read(const std::string& name) const;
    // The same, of a file in new/ only.
    Result<std::string> readNew(const std::string& name) const;
    // new/NAME -> cur/NAME:2,S; NotFound when it has left new/. A power cut may undo it: the mail is new once more.
    Result<void> takeFromNew(const std::string& name) const;
    // The same for good, and for mails that a mail program moved to cur/. Once it is done, doing it again is fine.
    Result<void> markSeen(const std::string& name) const;
    // tmp/ -> fsync -> new/ -> fsync: after it returns the mail is there for good. Gives the new file's name.
    Result<std::string> deliver(std::string_view message, Random& random) const;
    // A short text beside the mails, put in its place whole and for good; "" while there is none.
    Result<void> keepNote(const std::string& name, std::string_view text) const;
    Result<std::string> note(const std::string& name) const;

 private:
    friend class MaildirInbox;
    explicit Maildir(std::filesystem::path root) : m_root(std::move(root)) {}
    std::filesystem::path m_root;
};

// The Maildir as a subscriber's mailbox: looks into cur/ as well, since a mail program may have been there first.
class MaildirInbox final : public Inbox {
 public:
    explicit MaildirInbox(Maildir maildir) : m_maildir(std::move(maildir)) {}
    Result<std::vector<std::string>> find(Time since, std::string_view subject) override;  // `subject` is not looked at
    Result<std::string> read(const std::string& id) override { return m_maildir.read(id); }
    Result<void> markSeen(const std::string& id) override { return m_maildir.markSeen(id); }

 private:
    Maildir m_maildir;
};

}  // namespace mailca::mail
