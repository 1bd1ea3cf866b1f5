#include "bench/load/load.h"

#include <atomic>
#include <thread>

namespace mailca::bench {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::milliseconds kAskAgain{100};  // a server that is not there

class Load {
 public:
    Load(World& world, const Plan& plan, const std::stop_token& stop) : m_world(world), m_plan(plan), m_stop(stop) {}

    void work(client::Http& http, Tally& tally) {
        Trace last;
        std::size_t wanted = 0;
        while (const auto number = next()) {
            Trace trace;
            trace.mailbox = mailboxOf(m_world, m_plan, *number);
            if (wanted > 0) {
                trace.account = last.account;
                trace.key = last.key;
            }
            while (!begin(http, trace, wanted, tally, last) && !over()) std::this_thread::sleep_for(kAskAgain);
            wanted = last.account.empty() ? 0 : (wanted + 1) % m_world.wanted.size();
        }
    }

 private:
    bool over() const { return m_stop.stop_requested() || (m_plan.end && steady_clock::now() >= *m_plan.end); }

    std::optional<std::size_t> next() {
        if (over()) return std::nullopt;
        const std::size_t number = m_next++;
        if (m_plan.count && number >= *m_plan.count) return std::nullopt;
        return number;
    }

    // False: the server gave no answer at all, nothing has begun.
    bool begin(client::Http& http, const Trace& trace, std::size_t wanted, Tally& tally, Trace& last) {
        const auto start = steady_clock::now();
        auto enrollment = Enrollment::create(m_world, http, trace, tally, m_stop, wanted);
        const auto done = enrollment ? (*enrollment)->run() : Result<void>(enrollment.error());
        last = enrollment && done ? (*enrollment)->trace() : Trace();
        m_world.postbox.close(trace.mailbox);
        if (done) {
            tally.latency.push_back(std::chrono::duration<double, std::milli>(steady_clock::now() - start).count());
            return true;
        }
        if (isNoEnd(done.error()) && enrollment && (*enrollment)->trace().account.empty()) return false;
        abandon(trace.mailbox, done.error(), tally);
        return true;
    }

    void abandon(const std::string& mailbox, const Error& error, Tally& tally) {
        if (isNoEnd(error)) {
            ++tally.abandoned;
        } else {
            ++tally.failed[error.text()];
        }
        const auto kept = m_world.journal.write(factLine("abandoned", mailbox, {{"reason", error.text()}}));
        if (!kept) ++tally.failed[kept.error().text()];
    }

    World& m_world;
    const Plan& m_plan;
    const std::stop_token& m_stop;
    std::atomic<std::size_t> m_next{0};
};

}  // namespace

std::string mailboxOf(const World& world, const Plan& plan, std::size_t number) {
    return plan.name + std::to_string(number) + "@" + world.mailer.domainFor(number);
}

Result<Enrolled> enroll(World& world, client::Http& http, const Trace& trace, Tally& tally,
                        const std::stop_token& stop) {
    TRY(const auto first, Enrollment::create(world, http, trace, tally, stop));
    TRY_VOID(first->run());
    world.postbox.close(trace.mailbox);
    Trace next;
    next.mailbox = trace.mailbox;
    next.account = first->trace().account;
    next.key = first->trace().key;
    TRY(auto second, Enrollment::create(world, http, std::move(next), tally, stop));
    return Enrolled{std::move(second), first->renewalName()};
}

bool isNoEnd(const Error& error) {
    return error.kind == ErrorKind::Connection || error.kind == ErrorKind::Unavailable;
}

Tally inThreads(std::size_t threads, const std::function<void(client::Http&, Tally&)>& work) {
    std::vector<Tally> tallies(threads);
    {
        std::vector<std::jthread> running;
        for (Tally& tally : tallies) {
            running.emplace_back([&work, &tally] {
                client::CurlHttp http({});
                work(http, tally);
            });
        }
    }
    Tally sum;
    for (const Tally& tally : tallies) sum.add(tally);
    return sum;
}

Tally runLoad(World& world, const Plan& plan, const std::stop_token& stop) {
    Load load(world, plan, stop);
    return inThreads(plan.inFlight, [&load](client::Http& http, Tally& tally) { load.work(http, tally); });
}

}  // namespace mailca::bench
