// After the server's end, however it came: everything it had acknowledged must still hold, and every enrollment must
// come to an end that its client shows.
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "bench/load/load.h"

namespace mailca::bench {

struct Resumption {
    std::size_t checked = 0;    // enrollments
    std::size_t continued = 0;  // that had not ended
    std::size_t valid = 0, invalid = 0;
    std::size_t extraMails = 0;         // challenge mails beyond the first of a mailbox
    std::vector<std::string> breaches;  // a sentence each
};

// Checks each, then continues those without an end, `inFlight` at once. New facts are journaled.
Resumption resume(World& world, const std::map<std::string, Trace>& traces, std::size_t inFlight,
                  const std::stop_token& stop);

}  // namespace mailca::bench
