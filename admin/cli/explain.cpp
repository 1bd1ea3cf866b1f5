#include <ostream>

#include "admin/cli/commands.h"
#include "admin/cli/daemon_config.h"
#include "core/json/json.h"
#include "store/explanation.h"

namespace mailca::admin {
namespace {

// An order is named by its URL as well: that is what clients show.
Result<OrderId> orderOf(const std::string& named) {
    const std::size_t slash = named.rfind('/');
    const auto id = OrderId::parse(slash == std::string::npos ? named : named.substr(slash + 1));
    if (id) return id;
    return fail(ErrorKind::Config, "\"" + named + "\" is no order: give its URL, or the last part of it");
}

}  // namespace

Result<void> explainOrder(const ExplainOptions& options, std::ostream& out) {
    TRY(const OrderId order, orderOf(options.order));
    TRY(const DaemonConfig daemon, readDaemonConfig(options.config));
    if (daemon.database.empty()) return fail(ErrorKind::Config, options.config + ": names no database");
    TRY(const auto events, store::explainOrder(daemon.database, order));
    json::Array rendered;
    for (const store::OrderEvent& event : events) {
        if (options.report == Report::Text) {
            out << toRfc3339(event.at) << "  " << event.what << "\n";
            if (!event.detail.empty()) out << "    " << event.detail << "\n";
            continue;
        }
        json::Value one = json::object({{"at", toRfc3339(event.at)}, {"what", event.what}});
        if (!event.detail.empty()) {
            TRY(json::Value detail, json::parse(event.detail));
            one.set("detail", std::move(detail));
        }
        rendered.push_back(std::move(one));
    }
    if (options.report == Report::Json) out << json::object({{"events", std::move(rendered)}}).dump() << "\n";
    return {};
}

}  // namespace mailca::admin
