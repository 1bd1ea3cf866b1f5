#include <barrier>

#include "bench/load/load.h"

namespace mailca::bench {
namespace {

using std::chrono::steady_clock;

// A crowd of clients with a certificate each, which all renew it at once: every step is taken by all before the next is
// by any, over as many connections as there are threads.
class Storm {
 public:
    Storm(World& world, const Plan& plan, const std::function<void()>& whenReady, const std::stop_token& stop)
        : m_world(world),
          m_plan(plan),
          m_stop(stop),
          m_ready(static_cast<std::ptrdiff_t>(plan.inFlight), whenReady),
          m_step(static_cast<std::ptrdiff_t>(plan.inFlight)) {}

    void work(client::Http& http, Tally& tally) {
        Crowd crowd = enrolled(http, tally);
        Tally storm;  // what the storm asks of the server counts, beside what failed before it
        storm.failed = tally.failed;
        tally = storm;
        m_ready.arrive_and_wait();
        const auto start = steady_clock::now();
        using Step = Result<void> (Enrollment::*)();
        for (const Step step : {&Enrollment::begin, &Enrollment::reply, &Enrollment::awaitAuthorization}) {
            keep(crowd, tally, [step](Enrollment& one) { return (one.*step)(); });
            m_step.arrive_and_wait();
        }
        keep(crowd, tally, [&](Enrollment& one) -> Result<void> {
            TRY(const auto order, one.issue());
            TRY(const auto certificate, one.fetchCertificate(order.certificates.begin()->second));
            tally.latency.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - start).count());
            return {};
        });
    }

 private:
    using Crowd = std::vector<std::unique_ptr<Enrollment>>;

    // Takes a step with each; those that fail are counted and leave.
    template <typename Step>
    static void keep(Crowd& crowd, Tally& tally, Step step) {
        std::erase_if(crowd, [&](const std::unique_ptr<Enrollment>& one) {
            const Result<void> done = step(*one);
            if (!done) ++tally.failed[done.error().text()];
            return !done;
        });
    }

    // Each with its first certificate, about to renew it.
    Crowd enrolled(client::Http& http, Tally& tally) {
        Crowd out;
        for (std::size_t number = m_next++; number < *m_plan.count && !m_stop.stop_requested(); number = m_next++) {
            Trace trace;
            trace.mailbox = mailboxOf(m_world, m_plan, number);
            auto renewal = renewalOf(http, trace, tally);
            if (renewal) {
                out.push_back(*std::move(renewal));
            } else {
                ++tally.failed[renewal.error().text()];
            }
        }
        return out;
    }

    Result<std::unique_ptr<Enrollment>> renewalOf(client::Http& http, const Trace& trace, Tally& tally) {
        TRY(Enrolled enrolled, enroll(m_world, http, trace, tally, m_stop));
        enrolled.next->renews(enrolled.renewalName);
        return std::move(enrolled.next);
    }

    World& m_world;
    const Plan& m_plan;
    const std::stop_token& m_stop;
    std::atomic<std::size_t> m_next{0};
    std::barrier<std::function<void()>> m_ready;
    std::barrier<> m_step;
};

}  // namespace

Tally runRenewals(World& world, const Plan& plan, const std::function<void()>& whenReady, const std::stop_token& stop) {
    Storm storm(world, plan, whenReady, stop);
    return inThreads(plan.inFlight, [&storm](client::Http& http, Tally& tally) { storm.work(http, tally); });
}

}  // namespace mailca::bench
