#include <charconv>
#include <ostream>

#include "admin/cli/commands.h"
#include "admin/cli/daemon_access.h"
#include "core/json/json.h"
#include "core/x509/revocation_reason.h"

namespace mailca::admin {
namespace {

// "36h", "3d", or a time as RFC 3339 writes it.
Result<Time> deadlineOf(const std::string& text, Time now) {
    if (const auto time = parseRfc3339(text)) return *time;
    int number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    const bool good = error == std::errc{} && number > 0 && number <= 1'000 && end - rest == 1;
    if (good && *rest == 'h') return now + std::chrono::hours{number};
    if (good && *rest == 'd') return now + std::chrono::days{number};
    return fail(ErrorKind::Config, "--deadline is a time like 2026-11-23T18:42:00Z, or from now on: 24h, 5d");
}

Result<json::Array> fetch(http::Client& client, const DaemonEndpoint& daemon) {
    TRY(const json::Value answer, getFrom(daemon, client, "/admin/v1/incidents"));
    const json::Array* list = answer.array("incidents");
    return list == nullptr ? json::Array{} : *list;
}

Result<std::optional<json::Value>> find(http::Client& client, const DaemonEndpoint& daemon, const std::string& name) {
    TRY(const json::Array all, fetch(client, daemon));
    for (const json::Value& one : all) {
        if (one.string("name") == name) return std::optional(one);
    }
    return std::optional<json::Value>();
}

void show(const json::Value& one, std::ostream& out) {
    const auto number = [&](std::string_view key) { return one.integer(key).value_or(0); };
    out << one.string("name").value_or("?") << ": " << one.string("state").value_or("?") << ", "
        << one.string("reason").value_or("?") << ", deadline " << one.string("deadline").value_or("?") << "\n  "
        << number("marked") << " certificates" << (one.boolean("examined").value_or(false) ? "" : " so far") << ": "
        << number("replaced") << " replaced and revoked, " << number("ended") << " revoked at the deadline, "
        << number("gone") << " revoked otherwise, ";
    if (one.has("letGo")) {
        out << number("letGo") << " let go\n";
    } else {
        out << number("waiting") << " waiting\n";
    }
}

// The serials in parts; the list ends with the last of them.
Result<void> sendList(const IncidentOptions& options, http::Client& client, const DaemonEndpoint& daemon,
                      const std::vector<json::Value>& selections) {
    for (std::size_t i = 0; i < selections.size(); ++i) {
        const json::Value body = json::object({{"name", options.name},
                                               {"serials", *selections[i].array("serials")},
                                               {"last", i + 1 == selections.size()}});
        TRY_VOID(postTo(daemon, client, "/admin/v1/incident-lists", body));
    }
    return {};
}

Result<void> checkList(const std::vector<json::Value>& selections) {
    if (selections.size() == 1 || selections.front().asObject()->size() == 1) return {};
    return fail(ErrorKind::Config, "of more than 500 serials nothing else can be asked: leave --list, or the others");
}

}  // namespace

Result<void> openIncident(const IncidentOptions& options, const Clock& clock, http::Client& client, std::istream& in,
                          std::ostream& out) {
    if (!x509::revocationReasonNamed(options.reason)) {
        return fail(ErrorKind::Config, "--reason is one of: " + x509::revocationReasonNames());
    }
    TRY(const auto selections, selectionsOf(options.selection, in));
    TRY_VOID(checkList(selections));
    TRY(const Time deadline, deadlineOf(options.deadline, clock.now()));
    TRY(const DaemonEndpoint daemon, endpointOf(options));
    TRY(const auto known, find(client, daemon, options.name));
    if (!known) {
        json::Value body = json::object({{"name", options.name},
                                         {"reason", options.reason},
                                         {"deadline", toRfc3339(deadline)},
                                         {"rate", options.rate},
                                         {"explanationUrl", options.explanationUrl}});
        if (selections.size() == 1) body.set("select", selections.front());
        TRY_VOID(postTo(daemon, client, "/admin/v1/incidents", body));
    }
    // Broken off in the middle of its list, it goes on here: what was marked is marked once.
    const bool listing = known ? known->string("state") == "listing" : selections.size() > 1;
    if (listing) TRY_VOID(sendList(options, client, daemon, selections));
    if (known && !listing) out << "The incident is there already:\n";
    return showIncident(options, client, out);
}

Result<void> showIncident(const IncidentOptions& options, http::Client& client, std::ostream& out) {
    TRY(const DaemonEndpoint daemon, endpointOf(options));
    TRY(const auto found, find(client, daemon, options.name));
    if (!found) return fail(ErrorKind::NotFound, "there is no incident \"" + options.name + "\"");
    if (options.report == Report::Json) {
        out << found->dump() << "\n";
    } else {
        show(*found, out);
    }
    return {};
}

Result<void> listIncidents(const IncidentOptions& options, http::Client& client, std::ostream& out) {
    TRY(const DaemonEndpoint daemon, endpointOf(options));
    TRY(const json::Array all, fetch(client, daemon));
    if (options.report == Report::Json) {
        out << json::object({{"incidents", all}}).dump() << "\n";
        return {};
    }
    if (all.empty()) out << "There is no incident.\n";
    for (const json::Value& one : all) show(one, out);
    return {};
}

Result<void> closeIncident(const IncidentOptions& options, http::Client& client, std::ostream& out) {
    TRY(const DaemonEndpoint daemon, endpointOf(options));
    TRY(const auto found, find(client, daemon, options.name));
    if (!found) return fail(ErrorKind::NotFound, "there is no incident \"" + options.name + "\"");
    if (options.confirmation == Confirmation::Ask) {
        show(*found, out);
        out << "Closed, it lets go those that wait: they stay valid. Nothing was done. Add --yes to do it.\n";
        return {};
    }
    TRY_VOID(postTo(daemon, client, "/admin/v1/incident-closures", json::object({{"name", options.name}})));
    return showIncident(options, client, out);
}

}  // namespace mailca::admin
