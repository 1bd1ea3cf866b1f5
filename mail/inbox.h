// A subscriber's own mailbox as the client needs it: find the challenge mail, read it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/result.h"

namespace mailca::mail {

// Not thread-safe.
class Inbox {
 public:
    virtual ~Inbox() = default;
    // Ids of mails that came at or after `since` and have `subject` (ASCII, no quotes) in their Subject, oldest first.
    // Only a sieve, to read less: older mails and others may be among them, so parse and judge what you read. Io error.
    virtual Result<std::vector<std::string>> find(Time since, std::string_view subject) = 0;
    // The raw bytes. NotFound when it is gone, Parse when it is larger than kMaxMessageBytes, Io.
    virtual Result<std::string> read(const std::string& id) = 0;
    virtual Result<void> markSeen(const std::string& id) = 0;
};

}  // namespace mailca::mail
