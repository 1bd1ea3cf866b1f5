#include "client/enrollment/renewal.h"

#include <algorithm>

namespace mailca::client {

Time renewalTime(Time notBefore, Time notAfter) {
    return notAfter - (notAfter - notBefore) / 3;
}

bool isRenewalDue(const std::vector<x509::Certificate>& current, Time now) {
    return std::ranges::any_of(current, [&](const x509::Certificate& certificate) {
        return now > renewalTime(certificate.notBefore(), certificate.notAfter());
    });
}

}  // namespace mailca::client
