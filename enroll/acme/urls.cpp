#include "enroll/acme/urls.h"

namespace mailca::acme {

Result<AccountId> Urls::accountOf(std::string_view kid) const {
    const std::string prefix = of(path::kAccount);
    if (kid.starts_with(prefix)) {
        if (auto id = AccountId::parse(kid.substr(prefix.size()))) return id;
    }
    return fail(ErrorKind::Malformed,
                "the kid is no account URL of this server; send the Location that newAccount gave");
}

}  // namespace mailca::acme
