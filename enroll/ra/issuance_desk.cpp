#include "enroll/ra/issuance_desk.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <future>
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
    std::optional<std::promise<IssuanceSteps::Left>> left{std::in_place};  // until it is told, or nobody may wait
    std::chrono::steady_clock::time_point since = std::chrono::steady_clock::now();
};

void tellNothing(Present& present) {
    if (present.left) present.left->set_value(std::nullopt);
    present.left.reset();
}

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
    void letGo(const OrderId& order, IssuanceSteps::Left as);
    bool hasWork() const;
    std::optional<Queued> takeDue();
    std::optional<std::string> takeDomain();

    Departure enqueue(Step step);
    void perform(const Queued& queued);
    void prefetch(const std::string& domain);
    Result<void> recover(const OrderId& id);
};

void IssuanceDesk::State::letGo(const OrderId& order, IssuanceSteps::Left as) {
    const auto found = here.find(order);
    Present& present = found->second;
    if (present.left) present.left->set_value(std::move(as));
    if (stayed) stayed(std::chrono::steady_clock::now() - present.since);
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

IssuanceDesk::Departure IssuanceDesk::State::enqueue(Step step) {
    Departure departure;
    {
        const std::lock_guard lock(mutex);
        const auto [present, added] = here.try_emplace(IssuanceSteps::orderOf(step));
        if (!added) return departure;  // in work already, and another's to wait for
        departure = present->second.left->get_future();
        if (stopped) tellNothing(present->second);
        queue.push_back({std::move(step), 0, clock.now()});
    }
    work.notify_one();
    return departure;
}

void IssuanceDesk::State::perform(const Queued& queued) {
    std::optional<Queued> again;
    IssuanceSteps::Left as;
    // Whatever happens, even a thrown broken invariant, the order does not stay here unless it is queued again.
    struct Settle {
        State& state;
        const OrderId order;
        std::optional<Queued>& again;
        IssuanceSteps::Left& as;
        ~Settle() {
            const std::lock_guard lock(state.mutex);
            if (again) {
                state.queue.push_back(*std::move(again));
            } else {
                state.letGo(order, std::move(as));
            }
        }
    } const settle{*this, IssuanceSteps::orderOf(queued.step), again, as};

    auto outcome = steps.take(queued.step);
    if (auto* recorded = std::get_if<IssuanceSteps::Left>(&outcome)) {
        as = std::move(*recorded);
        return;
    }
    const auto* const left = &std::get<IssuanceSteps::Unfinished>(outcome);
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
    (void)enqueue(prepared ? Step(*std::move(prepared)) : Step(steps.failureOf(id, prepared.error())));
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

IssuanceDesk::Departure IssuanceDesk::submit(PreparedOrder order) {
    return m_state->enqueue(std::move(order));
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
    for (auto& [order, present] : m_state->here) tellNothing(present);
}

}  // namespace mailca::ra
