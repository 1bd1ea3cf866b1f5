// Incidents (docs/decisions/incident.md; routes.h lists the requests).
#pragma once

#include "admin/api/routes.h"

namespace mailca::admin {

Result<web::Response> incidents(const Services& services, const web::Request& request);
Result<web::Response> openIncident(const Services& services, const web::Request& request);
Result<web::Response> listIncident(const Services& services, const web::Request& request);
Result<web::Response> closeIncident(const Services& services, const web::Request& request);

}  // namespace mailca::admin
