// The moments that times of certificates, CRLs and OCSP responses state: no other form than the one DER and RFC 5280
// leave, and no moment that is none (the 31st of April, hour 24, a leap second). nullopt otherwise.
#pragma once

#include <optional>

#include "ca/lint/der.h"
#include "core/clock.h"

namespace mailca::ca::lint {

// RFC 5280 sections 4.1.2.5 and 5.1.2.4: UTCTime through 2049, GeneralizedTime from 2050, in Zulu with seconds.
std::optional<Time> readTime(const Element& time);
// "20261123184200Z", in any year (F19).
std::optional<Time> readGeneralizedTime(const Element& time);

}  // namespace mailca::ca::lint
