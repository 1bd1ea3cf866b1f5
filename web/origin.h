// Whom a request comes from. On loopback anybody of this machine can connect, so the proxy's fields count only together
// with the secret it shares with us.
#pragma once

#include <string_view>

#include "core/secret.h"
#include "web/request.h"

namespace mailca::web {

// Sets request.peer and request.via; takes X-Proxy-Secret away always, X-Real-IP and X-Client-* unless the proxy sent
// them. `socketPeer` is the address of the socket's other end.
void settleOrigin(Request& request, std::string_view socketPeer, const Secret& proxySecret);

}  // namespace mailca::web
