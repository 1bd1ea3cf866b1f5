// Replies that lie in a hosted mailbox: fetched by IMAP into the Maildir, where they are judged as all others
// (docs/decisions/mail-doors.md). A mail is in the Maildir for good before the place behind it is noted: a crash
// fetches it once more, which changes nothing.
#pragma once

#include "core/clock.h"
#include "core/interrupt.h"
#include "core/random.h"
#include "mail/imap.h"
#include "mail/imap_watch.h"
#include "mail/maildir.h"

namespace mailca::intake {

// Turns are for one worker. Everything given by reference must outlive it.
class ImapDoor final {
 public:
    ImapDoor(std::shared_ptr<const mail::ServerOptions> server, const mail::Maildir& maildir, const Clock& clock,
             Random& random);

    // Fetches what is new, or waits a second for some. An Error is the server's or the disk's, after a pause: nothing
    // is lost.
    Result<void> turn();
    void stop();  // thread-safe; cuts every wait short, from now on

 private:
    Result<void> fetchNew();
    Result<void> fetch(const std::string& id);

    Interrupt m_interrupt;
    mail::ImapInbox m_inbox;
    mail::ImapWatch m_watch;
    const mail::Maildir& m_maildir;
    const Clock& m_clock;
    Random& m_random;
    Time m_looked{};
};

}  // namespace mailca::intake
