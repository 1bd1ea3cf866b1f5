// Challenge mail out (RFC 8823 section 3.1; docs/issuance-cycle.md, step 2): a fresh token part 1 for every send,
// recorded before the mail leaves. A crash between the two costs one more mail with a token of its own; both are good.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>

#include "core/random.h"
#include "enroll/ra/ports.h"
#include "mail/dkim_signer.h"
#include "mail/transport.h"

namespace mailca::outbox {

// Thread-safe: several workers may take turns. Everything given by reference must outlive it.
class Outbox {
 public:
    Outbox(ra::MailBook& book, mail::Transport& transport, const mail::DkimSigner& signer, const Clock& clock,
           Random& random);

    // At start, before any turn: a mail that was under way when the last process ended need not wait for its lease.
    Result<void> recover();
    // Sends what is due, beside the other workers; when nothing is, waits for wake(), the next due time or a second,
    // whichever comes first. An Error is the store's: nothing is lost, try again after a pause.
    Result<void> turn();
    void wake();  // a mail was released
    void stop();  // cuts every wait short, from now on

 private:
    Result<std::optional<Time>> look();
    std::optional<ra::DueMail> claim();
    void letGo(const ra::DueMail& mail);
    Result<void> send(const ra::DueMail& due);
    void await(const std::optional<Time>& next);

    ra::MailBook& m_book;
    mail::Transport& m_transport;
    const mail::DkimSigner& m_signer;
    const Clock& m_clock;
    Random& m_random;

    // Held while looking for due mails and while letting go of sent ones, so that no look is older than what it is
    // compared with. wake() does not take it.
    std::mutex m_claims;
    std::deque<ra::DueMail> m_found;  // due, for whichever worker comes first
    std::set<ChallengeId> m_inHand;   // these and the mails that some worker is sending now

    std::mutex m_mutex;  // guards what follows
    std::condition_variable m_changed;
    bool m_woken = false;
    bool m_stopped = false;
};

}  // namespace mailca::outbox
