#include "enroll/ra/issuance_desk.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "core/log.h"
#include "enroll/ra/issuance_steps.h"

namespace mailca::ra {
namespace {

using Step = IssuanceSteps::Step;

constexpr std::chrono::milliseconds kIdle{1000};
constexpr int kAttempts = 10;  // with the pauses below: about five minutes
constexpr std::size_t kMaxPrefetches = 1000;

seconds pauseAfter(int attempts) {
    return std::min(seconds{1LL << std::min(attempts, 6)}, seconds{60});
}

struct Present {
    std::shared_ptr<std::condition_variable> left = std::make_shared<std::condition_variable>();
    std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
};

struct Queued {
    Step step;
    int attempts = 0;
    Time due;
};

}  // namespace

struct IssuanceDesk::State {
    IssuanceSteps steps;
    va::CaaChecker& caa;
    Orders& orders;
    OrderBook& orderBook;
    IssuanceBook& book;
    const Clock& clock;

    std::mutex mutex{};  // guards all below
    std::condition_variable work{};
    std::deque<Queued> queue{};
    // In the queue or in a worker's hands; each with what its own handler waits on, or all would wake for every order.
    std::unordered_map<OrderId, Present> here{};
    std::deque<std::string> domains{};  // to prefetch
    bool prefetching = false;           // one at a time: slow DNS must not hold every worker
    bool stopped = false;
    DurationFunction stayed{};

    // All of these want the mutex held.
    void letGo(const OrderId& order);
    bool hasWork() const;
    std::optional<Queued> takeDue();
    std::optional<std::string> takeDomain();

    void enqueue(Step step);
    void perform(const Queued& queued);
    void prefetch(const std::string& domain);
    Result<void> recover(const OrderId& id);
};

void IssuanceDesk::State::letGo(const OrderId& order) {
    const auto found = here.find(order);
    found->second.left->notify_all();
    if (stayed) stayed(std::chrono::steady_clock::now() - found->second.since);
    here.erase(found);
}

bool IssuanceDesk::State::hasWork() const {
    if (!prefetching && !domains.empty()) return true;
    return std::ranges::any_of(queue, [now = clock.now()](const Queued& queued) { return queued.due <= now; });
}

std::optional<Queued> IssuanceDesk::State::takeDue() {
    const auto found =
        std::ranges::find_if(queue, [now = clock.now()](const Queued& queued) { return queued.due <= now; });
    if (found == queue.end()) return std::nullopt;
    Queued queued = std::move(*found);
    queue.erase(found);
    return queued;
}

std::optional<std::string> IssuanceDesk::State::takeDomain() {
    if (prefetching || domains.empty()) return std::nullopt;
    std::string domain = std::move(domains.front());
    domains.pop_front();
    prefetching = true;
    return domain;
}

void IssuanceDesk::State::enqueue(Step step) {
    {
        const std::lock_guard lock(mutex);
        const bool added = here.try_emplace(IssuanceSteps::orderOf(step)).second;
        if (!added) return;  // in work already
        queue.push_back({std::move(step), 0, clock.now()});
    }
    work.notify_one();
}

void IssuanceDesk::State::perform(const Queued& queued) {
    std::optional<Queued> again;
    // Whatever happens, even a thrown broken invariant, the order does not stay here unless it is queued again.
    struct Settle {
        State& state;
        const OrderId order;
        std::optional<Queued>& again;
        ~Settle() {
            const std::lock_guard lock(state.mutex);
            if (again) {
                state.queue.push_back(*std::move(again));
            } else {
                state.letGo(order);
            }
        }
    } const settle{*this, IssuanceSteps::orderOf(queued.step), again};

    const auto left = steps.take(queued.step);
    if (!left) return;
    const bool sameStep = left->step.index() == queued.step.index();
    const int attempts = sameStep ? queued.attempts + 1 : 1;
    if (attempts < kAttempts) {
        again = Queued{left->step, attempts, clock.now() + pauseAfter(attempts)};
    } else if (auto end = steps.giveUp(*left)) {
        again = Queued{*std::move(end), 0, clock.now() + pauseAfter(0)};
    }
}

void IssuanceDesk::State::prefetch(const std::string& domain) {
    struct Settle {
        State& state;
        ~Settle() {
            const std::lock_guard lock(state.mutex);
            state.prefetching = false;
        }
    } const settle{*this};
    // A refusal is told when the order is finalized; the owner may mend it until then.
    if (const auto permission = caa.permission(domain); !permission) log::debug("caa.prefetched", {{"domain", domain}});
}

Result<void> IssuanceDesk::State::recover(const OrderId& id) {
    TRY(const OrderView view, orderBook.find(id));
    auto prepared = orders.prepare(view);
    if (!prepared && IssuanceSteps::mayPass(prepared.error().kind)) return prepared.error();
    enqueue(prepared ? Step(*std::move(prepared)) : Step(steps.failureOf(id, prepared.error())));
    return {};
}

IssuanceDesk::IssuanceDesk(ca::Issuance& issuance, va::CaaChecker& caa, Orders& orders, OrderBook& orderBook,
                           IssuanceBook& book, const Clock& clock, Random& random)
    : m_state(new State{IssuanceSteps(issuance, caa, orderBook, book, clock, random), caa, orders, orderBook, book,
                        clock}) {}

IssuanceDesk::~IssuanceDesk() = default;

void IssuanceDesk::observeStays(DurationFunction stayed) {
    m_state->stayed = std::move(stayed);
}

void IssuanceDesk::submit(PreparedOrder order) {
    m_state->enqueue(std::move(order));
}

void IssuanceDesk::prefetch(const std::string& domain) {
    {
        const std::lock_guard lock(m_state->mutex);
        std::deque<std::string>& domains = m_state->domains;
        if (domains.size() >= kMaxPrefetches || std::ranges::count(domains, domain) != 0) return;
        domains.push_back(domain);
    }
    m_state->work.notify_one();
}

bool IssuanceDesk::waitFor(const OrderId& order, std::chrono::milliseconds atMost) {
    std::unique_lock lock(m_state->mutex);
    const auto found = m_state->here.find(order);
    if (found == m_state->here.end()) return true;
    const std::shared_ptr<std::condition_variable> left = found->second.left;
    left->wait_for(lock, atMost, [&] { return m_state->stopped || !m_state->here.contains(order); });
    return !m_state->here.contains(order);
}

Result<void> IssuanceDesk::recover() {
    TRY(const int closed, m_state->book.closeOrphans(m_state->clock.now()));
    if (closed > 0) log::warning("orphans.closed", {{"serials", std::to_string(closed)}});
    TRY(const auto unfinished, m_state->book.unfinished());
    for (const OrderId& id : unfinished) TRY_VOID(m_state->recover(id));
    return {};
}

Result<void> IssuanceDesk::turn() {
    State& state = *m_state;
    std::unique_lock lock(state.mutex);
    state.work.wait_for(lock, kIdle, [&state] { return state.stopped || state.hasWork(); });
    if (state.stopped) return {};
    if (const auto queued = state.takeDue()) {
        lock.unlock();
        state.perform(*queued);
    } else if (const auto domain = state.takeDomain()) {
        lock.unlock();
        state.prefetch(*domain);
    }
    return {};
}

void IssuanceDesk::stop() {
    const std::lock_guard lock(m_state->mutex);
    m_state->stopped = true;
    m_state->work.notify_all();
    for (const auto& [order, present] : m_state->here) present.left->notify_all();
}

}  // namespace mailca::ra
