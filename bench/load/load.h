// Many enrollments at once, one after the other in each thread.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "bench/load/enrollment.h"

namespace mailca::bench {

struct Plan {
    std::size_t inFlight = 64;         // threads
    std::optional<std::size_t> count;  // enrollments to begin; none: as many as there is time for
    std::optional<std::chrono::steady_clock::time_point> end;  // when no more of them begin
    std::string name;                                          // mailboxes are NAME<number>@<domain of a reply key>
};

// One account's requests go over one connection, which is kept for the next enrollment of the thread. A server that
// gives no answer is asked again until the plan ends.
Tally runLoad(World& world, const Plan& plan, const std::stop_token& stop);

// `count` orders, of accounts that have a certificate for the mailbox, are made ready by as many threads as there are
// in flight; then `whenReady` is called, and all of them are finalized. Gives what the second half came to; an order
// that fails in the first is among its failures.
Tally runIssue(World& world, const Plan& plan, const std::function<void()>& whenReady, const std::stop_token& stop);

// `count` clients enroll; then `whenReady` is called, and all of them renew at once (RFC 9773), every step together.
// Gives what the renewals came to.
Tally runRenewals(World& world, const Plan& plan, const std::function<void()>& whenReady, const std::stop_token& stop);

// Of the enrollment with this number.
std::string mailboxOf(const World& world, const Plan& plan, std::size_t number);

// A mailbox with its first certificate, and the next order of its account.
struct Enrolled {
    std::unique_ptr<Enrollment> next;
    std::string renewalName;  // of the certificate (RFC 9773)
};
Result<Enrolled> enroll(World& world, client::Http& http, const Trace& trace, Tally& tally,
                        const std::stop_token& stop);

// Whether an enrollment that failed so has not ended.
bool isNoEnd(const Error& error);

// Calls work(http, tally) in this many threads; the sum of their tallies.
Tally inThreads(std::size_t threads, const std::function<void(client::Http&, Tally&)>& work);

}  // namespace mailca::bench
