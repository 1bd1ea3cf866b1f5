// Owners are told by mail of the certificates that were made for their mailboxes, and what was held until then is
// published (docs/decisions/publication-hold.md). A crash between a mail and its record costs one more of the same.
#pragma once

#include <condition_variable>
#include <mutex>

#include "core/random.h"
#include "enroll/ra/notice_port.h"
#include "mail/dkim_signer.h"
#include "mail/transport.h"

namespace mailca::outbox {

// Turns are for one worker. Everything given by reference must outlive it.
class Notices {
 public:
    // `from`: the mails' author, and where they bounce to.
    Notices(ra::NoticeBook& book, mail::Transport& transport, const mail::DkimSigner& signer, EmailAddress from,
            const Clock& clock, Random& random);

    // Publishes and sends what is due; waits a second when there was nothing. An Error is the store's: nothing is lost,
    // try again after a pause.
    Result<void> turn();
    void stop();  // thread-safe; cuts the wait short and sends no further mail, from now on

 private:
    ra::NoticeOutcome send(const ra::DueNotice& due);
    bool isStopped();
    void await();

    ra::NoticeBook& m_book;
    mail::Transport& m_transport;
    const mail::DkimSigner& m_signer;
    const EmailAddress m_from;
    const Clock& m_clock;
    Random& m_random;

    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_stopped = false;
};

}  // namespace mailca::outbox
