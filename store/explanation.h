// The whole life of an order, for the operator who is asked what became of it: read from a database that may be in use.
#pragma once

#include <string>
#include <vector>

#include "core/clock.h"
#include "core/ids.h"
#include "core/result.h"

namespace mailca::store {

struct OrderEvent {
    Time at;
    std::string what;    // a sentence
    std::string detail;  // evidence or a row of the audit log, JSON; empty: none
};

// In the order of time. NotFound: no such order; Config: no such database, or one of another release.
Result<std::vector<OrderEvent>> explainOrder(const std::string& databasePath, const OrderId& order);

}  // namespace mailca::store
