// ACME objects as JSON (RFC 8555 section 7.1). Pure functions of the nouns and the clock.
#pragma once

#include "core/json/json.h"
#include "enroll/acme/urls.h"
#include "enroll/ra/types.h"

namespace mailca::acme {

json::Value render(const ra::Account& account, const Urls& urls);
json::Value render(const ra::Order& order, const ra::Authorization& authorization, const Urls& urls, Time now);
json::Value render(const ra::Authorization& authorization, const Urls& urls, Time now);
json::Value render(const ra::Challenge& challenge, const Urls& urls);

}  // namespace mailca::acme
