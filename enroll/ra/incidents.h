// Operators' revocations of sets of certificates, and incidents: sets that are replaced first (docs/decisions/
// incident.md). Thread-safe.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

#include "enroll/ra/incident_port.h"

namespace mailca::ra {

// unspecified is written by leaving it out (D50). BadRevocationReason: not one that may be given (B47).
Result<std::optional<int>> checkReason(std::optional<int> reason);

class SetRevocations final {
 public:
    SetRevocations(SelectionBook& book, const Clock& clock) : m_book(book), m_clock(clock) {}

    Result<SelectionPage> select(const CertificateSelection& selection, std::int64_t from) {
        return m_book.select(selection, from, kMostAtOnce);
    }
    struct Progress {
        int revoked = 0, revokedBefore = 0;
        std::optional<std::int64_t> next;  // as in SelectionPage
    };
    // The next page of the selection, in one transaction; `atMost`: 1 to kMostAtOnce. BadRevocationReason also: a
    // certificate of the service's own parts needs a reason that is written (E7), or all that its key ever signed is
    // void.
    Result<Progress> revoke(const CertificateSelection& selection, std::int64_t from, std::optional<int> reason,
                            int atMost = kMostAtOnce);

 private:
    SelectionBook& m_book;
    const Clock& m_clock;
};

class Incidents final {
 public:
    // `revoked` is called after each revocation; it never blocks.
    Incidents(IncidentBook& book, const Clock& clock, std::function<void()> revoked);

    struct Request {
        std::string name;
        std::optional<CertificateSelection> selection;  // nullopt: a list follows
        std::optional<int> reason;
        std::string explanationUrl{};  // what clients show to their people; empty: none
        Time deadline;
        int rate = 0;
    };
    // Malformed with what to change: name, URL or rate; a deadline that lies behind or later than the rulebook lets a
    // revocation with this reason wait (D43, D44). Malformed: an incident of that name is another one, or has
    // ended.
    Result<void> open(const Request& request);
    Result<int> list(const std::string& name, std::vector<Serial> serials, bool last);
    Result<std::vector<Incident>> all() { return m_book.all(); }
    Result<void> close(const std::string& name);

    // One step of every open incident, as soon as its rate lets it; waits at most `atMost` before. For a worker's loop.
    Result<void> turn(std::chrono::milliseconds atMost);
    void stop();  // cuts every wait short, from now on

 private:
    Result<IncidentStep> advance(const Incident& incident, Time now);
    void wake();

    IncidentBook& m_book;
    const Clock& m_clock;
    const std::function<void()> m_revoked;
    std::chrono::milliseconds m_pause{0};  // the worker's: what the rate wants after the last turn
    bool m_busy = true;                    // and this: the last turn left something to do at once
    std::mutex m_mutex;                    // guards what follows
    std::condition_variable m_changed;
    bool m_woken = false;
    bool m_stopped = false;
};

}  // namespace mailca::ra
