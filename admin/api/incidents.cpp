#include "admin/api/incidents.h"

#include <limits>

#include "admin/api/revocations.h"
#include "core/json/json.h"
#include "core/log.h"

namespace mailca::admin {
namespace {

json::Value render(const ra::Incident& incident) {
    const bool closed = incident.state == ra::IncidentState::Closed;
    json::Value out = json::object({{"name", incident.name},
                                    {"state", nameOf(incident.state)},
                                    {"reason", nameOfReason(incident.reason)},
                                    {"openedAt", toRfc3339(incident.openedAt)},
                                    {"deadline", toRfc3339(incident.deadline)},
                                    {"rate", incident.rate},
                                    {"examined", incident.examined},
                                    {"marked", incident.marked},
                                    {"replaced", incident.replaced},
                                    {"ended", incident.ended},
                                    {"gone", incident.gone},
                                    {closed ? "letGo" : "waiting", incident.waiting()}});
    if (!incident.selection.empty()) out.set("selection", incident.selection);
    if (!incident.explanationUrl.empty()) out.set("explanationUrl", incident.explanationUrl);
    if (incident.closedAt) out.set("closedAt", toRfc3339(*incident.closedAt));
    return out;
}

Result<std::string> nameIn(const json::Value& wanted) {
    const auto name = wanted.string("name");
    if (!name) return fail(ErrorKind::Malformed, "\"name\" must be the incident's");
    return *name;
}

Result<ra::Incidents::Request> requestOf(const json::Value& wanted) {
    ra::Incidents::Request request;
    TRY(request.name, nameIn(wanted));
    TRY(request.reason, reasonOf(wanted));
    if (const json::Value* selection = wanted.find("select")) {
        TRY(request.selection, ra::CertificateSelection::fromJson(*selection));
    }
    TRY(request.deadline, parseRfc3339(wanted.string("deadline").value_or("")));
    const std::int64_t rate = wanted.integer("rate").value_or(0);
    request.rate = rate > 0 && rate <= std::numeric_limits<int>::max() ? static_cast<int>(rate) : 0;
    request.explanationUrl = wanted.string("explanationUrl").value_or("");
    return request;
}

Result<std::vector<Serial>> serialsIn(const json::Value& wanted) {
    const json::Array* list = wanted.array("serials");
    if (list == nullptr) return fail(ErrorKind::Malformed, "\"serials\" must be a list");
    std::vector<Serial> serials;
    for (const json::Value& one : *list) {
        if (one.asString() == nullptr) return fail(ErrorKind::Malformed, "serials must be a list of strings");
        TRY(Serial serial, Serial::fromHex(*one.asString()));
        serials.push_back(std::move(serial));
    }
    return serials;
}

}  // namespace

Result<web::Response> incidents(const Services& services, const web::Request&) {
    TRY(const auto all, services.incidents.all());
    json::Array list;
    for (const ra::Incident& incident : all) list.push_back(render(incident));
    return web::Response::json(200, json::object({{"incidents", std::move(list)}}));
}

Result<web::Response> openIncident(const Services& services, const web::Request& request) {
    TRY(const json::Value wanted, json::parse(request.body));
    TRY(const auto incident, requestOf(wanted));
    TRY_VOID(services.incidents.open(incident));
    log::info("operator.incident_opened", {{"incident", incident.name}, {"deadline", toRfc3339(incident.deadline)}});
    return web::Response::json(200, json::object({{"name", incident.name}}));
}

Result<web::Response> listIncident(const Services& services, const web::Request& request) {
    TRY(const json::Value wanted, json::parse(request.body));
    TRY(const std::string name, nameIn(wanted));
    TRY(std::vector<Serial> serials, serialsIn(wanted));
    TRY(const int marked, services.incidents.list(name, std::move(serials), wanted.boolean("last").value_or(false)));
    return web::Response::json(200, json::object({{"marked", marked}}));
}

Result<web::Response> closeIncident(const Services& services, const web::Request& request) {
    TRY(const json::Value wanted, json::parse(request.body));
    TRY(const std::string name, nameIn(wanted));
    TRY_VOID(services.incidents.close(name));
    log::info("operator.incident_closed", {{"incident", name}});
    return web::Response::json(200, json::object({{"name", name}}));
}

}  // namespace mailca::admin
