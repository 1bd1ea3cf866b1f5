// Where finalized orders become certificates: a queue in front of the CA, worked by threads that the daemon owns. What
// it holds in memory can be lost at any instant: unfinished orders are found again in the store.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>

#include "enroll/ra/service.h"

namespace mailca::ra {

class IssuanceDesk {
 public:
    IssuanceDesk(ca::Issuance& issuance, va::CaaChecker& caa, Orders& orders, OrderBook& orderBook, IssuanceBook& book,
                 const Clock& clock, Random& random);
    ~IssuanceDesk();

    // Told of every order that leaves how long it was here. Before anything is submitted; must not block.
    using DurationFunction = std::function<void(std::chrono::nanoseconds)>;
    void observeStays(DurationFunction stayed);

    // Ready once the order has left InProgress: as what, if the desk recorded it; nullopt: others did, or the desk is
    // stopping, and the store knows. Not valid() for an order that is here already.
    using Departure = std::future<std::optional<OrderState>>;
    Departure submit(PreparedOrder order);  // never blocks on I/O
    // Loads the CAA permission of a domain ahead of time, by a worker; never blocks.
    void prefetch(const std::string& domain);
    // At start, before the listeners: orphans closed, unfinished orders queued again.
    Result<void> recover();
    // Takes one piece of work and does it: issue and record, or record the failure. Waits up to a second for
    // work.
    Result<void> turn();
    void stop();  // wakes every worker, and whoever waits for a departure

 private:
    struct State;
    std::unique_ptr<State> m_state;
};

}  // namespace mailca::ra
