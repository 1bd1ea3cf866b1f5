#include <barrier>

#include "bench/load/load.h"

namespace mailca::bench {
namespace {

using std::chrono::steady_clock;

class Issue {
 public:
    Issue(World& world, const Plan& plan, const std::function<void()>& whenReady, const std::stop_token& stop)
        : m_world(world), m_plan(plan), m_stop(stop), m_ready(static_cast<std::ptrdiff_t>(plan.inFlight), whenReady) {}

    void work(client::Http& http, Tally& tally) {
        const std::vector<std::unique_ptr<Enrollment>> mine = makeReady(http, tally);
        tally.posts = tally.polls = 0;  // those of the second half count
        m_ready.arrive_and_wait();
        for (const auto& enrollment : mine) {
            const auto start = steady_clock::now();
            if (const auto order = enrollment->issue(); order) {
                tally.latency.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - start).count());
            } else {
                ++tally.failed[order.error().text()];
            }
        }
    }

 private:
    std::vector<std::unique_ptr<Enrollment>> makeReady(client::Http& http, Tally& tally) {
        std::vector<std::unique_ptr<Enrollment>> mine;
        for (std::size_t number = m_next++; number < *m_plan.count && !m_stop.stop_requested(); number = m_next++) {
            Trace trace;
            trace.mailbox = mailboxOf(m_world, m_plan, number);
            // An owner is told of the first at once: that mail is not what is measured.
            auto enrolled = enroll(m_world, http, trace, tally, m_stop);
            const auto ready = enrolled ? enrolled->next->becomeReady() : Result<void>(enrolled.error());
            if (ready) {
                m_world.postbox.close(trace.mailbox);
                mine.push_back(std::move(enrolled->next));
            } else {
                ++tally.failed[ready.error().text()];
            }
        }
        return mine;
    }

    World& m_world;
    const Plan& m_plan;
    const std::stop_token& m_stop;
    std::atomic<std::size_t> m_next{0};
    std::barrier<std::function<void()>> m_ready;
};

}  // namespace

Tally runIssue(World& world, const Plan& plan, const std::function<void()>& whenReady, const std::stop_token& stop) {
    Issue issue(world, plan, whenReady, stop);
    return inThreads(plan.inFlight, [&issue](client::Http& http, Tally& tally) { issue.work(http, tally); });
}

}  // namespace mailca::bench
