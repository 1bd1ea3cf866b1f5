// Replies in (docs/issuance-cycle.md, step 3): from a Maildir, parsed, judged by enroll/va, recorded, then moved out of
// new/. A crash in between judges the same bytes again, which changes nothing.
#pragma once

#include <map>
#include <mutex>
#include <set>
#include <string>

#include "enroll/intake/new_mail_watch.h"
#include "enroll/ra/ports.h"
#include "enroll/va/email_reply.h"
#include "mail/dkim_verifier.h"
#include "mail/maildir.h"

namespace mailca::intake {

// Thread-safe: several workers may take turns, so that one mail with slow DNS does not hold the others. Everything
// given by reference must outlive it.
class Intake {
 public:
    Intake(const mail::Maildir& maildir, const mail::DkimVerifier& verifier, ra::ReplyBook& book, va::DkimMode mode,
           const Clock& clock);

    // Judges the mails in new/, each once; when there is none, waits for one or a second. An Error is the store's or
    // the file system's: nothing is lost, try again after a pause.
    Result<void> turn();
    void stop();  // cuts every wait short, from now on

 private:
    // A mail that could not be judged yet (A20).
    struct Postponed {
        Time firstTry;
        Time nextTry;
        int tries = 0;
    };
    enum class Patience : std::uint8_t { Wait, Exhausted };

    Result<bool> takeOne(const std::string& name);
    Result<void> process(const std::string& name);
    Result<void> judge(const std::string& name, std::string_view raw);
    Result<void> settle(const ra::JudgedReply& reply);
    Patience postpone(const std::string& name);
    bool claim(const std::string& name);
    void release(const std::string& name);

    const mail::Maildir& m_maildir;
    const mail::DkimVerifier& m_verifier;
    ra::ReplyBook& m_book;
    const va::DkimMode m_mode;
    const Clock& m_clock;
    NewMailWatch m_watch;

    std::mutex m_mutex;  // guards what follows
    std::set<std::string> m_inHand;
    std::map<std::string, Postponed> m_postponed;
};

}  // namespace mailca::intake
