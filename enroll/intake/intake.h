// Replies in (docs/issuance-cycle.md, step 3): from a Maildir, parsed, judged by enroll/va, recorded, then moved out of
// new/. A crash in between judges the same bytes again, which changes nothing.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
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

    // Told of every mail how long it took to judge and record it. Before the first turn; must not block.
    using DurationFunction = std::function<void(std::chrono::nanoseconds)>;
    void observeMails(DurationFunction took) { m_took = std::move(took); }

    // Judges the mails in new/, beside the other workers, each once; when there is none, waits for one or a second. An
    // Error is the store's or the file system's: nothing is lost, try again after a pause.
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

    Result<bool> look();
    std::optional<std::string> claim();
    void release(const std::string& name);
    void await();
    Result<void> process(const std::string& name);
    Result<void> judge(const std::string& name, std::string_view raw);
    Result<void> judgeReport(const mail::Message& message, const std::string& why, ra::JudgedReply reply);
    Result<void> settle(const ra::JudgedReply& reply);
    Patience postpone(const std::string& name);
    bool isPostponed(const std::string& name, Time now) const;

    const mail::Maildir& m_maildir;
    const mail::DkimVerifier& m_verifier;
    ra::ReplyBook& m_book;
    const va::DkimMode m_mode;
    const Clock& m_clock;
    NewMailWatch m_watch;
    DurationFunction m_took;

    std::mutex m_mutex;  // guards what follows
    std::condition_variable m_changed;
    std::deque<std::string> m_found;  // in new/, for whichever worker comes first
    std::set<std::string> m_inHand;   // these and the mails that some worker is judging now
    std::map<std::string, Postponed> m_postponed;
    bool m_watched = false;  // one idle worker watches the folder, or each mail would wake them all
    bool m_stopped = false;
};

}  // namespace mailca::intake
