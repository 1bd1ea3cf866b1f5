// What is told to the owners of mailboxes, and what waits in the exchange until they were told. As in ports.h: one
// method is one transaction, and what it wrote is durable once it returns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/clock.h"
#include "core/email_address.h"
#include "core/ids.h"
#include "core/result.h"

namespace mailca::ra {

// How long a notice waits for more to tell, unless it tells of an account that is new to its mailbox.
inline constexpr seconds kNoticeDelay{15min};

struct NoticedCertificate {
    std::string profile;
    Serial serial;
    Time notAfter;
    bool stranger = false;  // of an account that had none for this mailbox before
    bool held = false;      // not published yet
};
// The second is sent when half of the hold is over: who read the mailbox for minutes may have taken the first away.
enum class NoticeKind : std::uint8_t { Notice = 0, Reminder = 1 };
// One mail to a mailbox: of all its orders that it was not told of, or whose certificates are still held.
struct DueNotice {
    EmailAddress mailbox;
    NoticeKind kind = NoticeKind::Notice;
    std::int64_t last = 0;                         // names the orders that it tells of, to the book
    std::vector<NoticedCertificate> certificates;  // a reminder: none, when all of them were revoked
    seconds hold{0};                               // how long after the notice the held ones are published
    Time heldUntil{};                              // of a reminder
    Time since;        // the oldest of the orders was finished; a reminder: when it fell due
    int attempts = 0;  // sends tried so far
};

struct NoticeSent {};
struct NoticeDeferred {
    Time retryAt;
};
struct NoticeGivenUp {};
struct NoticeOutcome {
    EmailAddress mailbox;
    NoticeKind kind = NoticeKind::Notice;
    std::int64_t last = 0;
    Time at;
    std::variant<NoticeSent, NoticeDeferred, NoticeGivenUp> outcome;
};

class NoticeBook {
 public:
    virtual ~NoticeBook() = default;
    virtual Result<std::vector<DueNotice>> due(Time now, int limit) = 0;
    // Sent or given up: the orders are told of, and what is held of theirs has its time from now on, with a reminder.
    virtual Result<void> settle(const std::vector<NoticeOutcome>& outcomes) = 0;
    // Publishes what was held until now and has no mail to wait for, about `atMost` certificates. Returns how many.
    virtual Result<int> publishHeld(Time now, int atMost) = 0;
};

}  // namespace mailca::ra
