// When a certificate is renewed.
#pragma once

#include <vector>

#include "core/clock.h"
#include "core/x509/certificate.h"

namespace mailca::client {

// When less than a third of its life is left.
Time renewalTime(Time notBefore, Time notAfter);

// The current certificates of a mailbox, all renewed together: due as soon as one of them is. None at all is not due.
bool isRenewalDue(const std::vector<x509::Certificate>& current, Time now);

}  // namespace mailca::client
