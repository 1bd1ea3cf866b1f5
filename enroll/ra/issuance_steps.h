// What has to be done with one finalized order, step by step. Each step's write names the state it expects, so that a
// step done twice does no harm, and no order is ever signed twice: the ledger takes an order's intents once.
#pragma once

#include <optional>
#include <variant>

#include "enroll/ra/service.h"

namespace mailca::ra {

class IssuanceSteps {
 public:
    // To sign and record; signed, to record; to record as failed.
    using Step = std::variant<PreparedOrder, IssuedOrder, OrderFailure>;
    // To try again later, and what stood in the way.
    struct Unfinished {
        Step step;
        Error why;
    };
    // The order has left InProgress: as what, where this step recorded it; nullopt where others did.
    using Left = std::optional<OrderState>;
    using Outcome = std::variant<Unfinished, Left>;
    static const OrderId& orderOf(const Step& step);
    // Trouble that may go away by itself: a full disk, a busy store, DNS that does not answer.
    static bool mayPass(ErrorKind kind);

    IssuanceSteps(ca::Issuance& issuance, va::CaaChecker& caa, OrderBook& orders, IssuanceBook& book,
                  const Clock& clock, Random& random);

    // Goes as far as it can: until the order has left InProgress, or there is a step to try again later. Thread-safe;
    // may block on DNS and the store.
    Outcome take(const Step& step);
    // What is left when trying again has lasted too long; nullopt: nothing, the next start finds the order in the
    // store.
    std::optional<Step> giveUp(const Unfinished& left) const;
    OrderFailure failureOf(const OrderId& order, const Error& why) const;

 private:
    enum class Position : std::uint8_t { InProgress, Left, Unknown };

    Outcome issue(const PreparedOrder& prepared);
    Outcome afterRefusal(const PreparedOrder& prepared, const Error& why);
    Outcome record(const IssuedOrder& issued);
    Outcome recordFailure(const OrderFailure& failure);
    Result<IssuedOrder> describe(const PreparedOrder& prepared, const std::vector<ca::Issued>& issued) const;
    Position positionOf(const OrderId& order) const;

    ca::Issuance& m_issuance;
    va::CaaChecker& m_caa;
    OrderBook& m_orders;
    IssuanceBook& m_book;
    const Clock& m_clock;
    Random& m_random;
};

}  // namespace mailca::ra
