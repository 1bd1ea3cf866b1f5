// New certificates against the pinned roots, before they are taken into use: what a server hands out as issued must be
// what others will be able to verify.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/enrollment/surroundings.h"
#include "client/http.h"
#include "client/state/state_directory.h"
#include "core/x509/certificate.h"

namespace mailca::client {

class RootCheck final {
 public:
    // `exchange`: its base URL; empty: this CA has none, and no roots are known. What is given by reference must
    // outlive it.
    RootCheck(Http& http, std::string exchange, const StateDirectory& state, const Surroundings& around)
        : m_http(http), m_exchange(std::move(exchange)), m_state(state), m_around(around) {}

    // `chain`: the certificate first. Unauthorized when it leads to no pinned root. The roots are learnt at the first
    // call, over the connection that just proved to be the CA's. When none are pinned yet and the exchange does not
    // tell them today, there is a warning and no error: they are asked for again at the first lookup.
    Result<void> check(const std::vector<x509::Certificate>& chain);

 private:
    using Certificates = std::vector<x509::Certificate>;
    std::optional<Certificates> roots();

    Http& m_http;
    std::string m_exchange;
    const StateDirectory& m_state;
    const Surroundings& m_around;
    bool m_asked = false;
    std::optional<Certificates> m_roots;
};

}  // namespace mailca::client
