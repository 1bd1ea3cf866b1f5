#include "client/enrollment/root_check.h"

#include "client/exchange/root_pins.h"
#include "core/x509/path.h"

namespace mailca::client {

Result<void> RootCheck::check(const std::vector<x509::Certificate>& chain) {
    if (!m_asked) m_roots = roots();
    m_asked = true;
    if (!m_roots) return {};
    const auto path = x509::verifyPath(chain.front(), chain, *m_roots, m_around.clock.now(), x509::Purpose::Any);
    if (path) return {};
    return fail(ErrorKind::Unauthorized,
                "the new certificate does not lead to a pinned root: " + path.error().detail +
                    ". Ask the CA's operator by other means whether the roots have changed before using it");
}

std::optional<RootCheck::Certificates> RootCheck::roots() {
    if (m_exchange.empty()) return std::nullopt;
    auto pinned = pinnedRoots(m_http, m_exchange, m_state, m_around.report);
    if (pinned) return std::move(*pinned);
    m_around.report.warning("the roots are not pinned yet: " + pinned.error().detail);
    return std::nullopt;
}

}  // namespace mailca::client
