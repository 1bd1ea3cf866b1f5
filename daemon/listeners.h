// The three listeners (design section 8): acme, public, admin. Loopback, bounded in size, time and number.
#pragma once

#include <memory>

#include "admin/api/routes.h"
#include "daemon/daemon.h"
#include "daemon/rooms.h"
#include "enroll/acme/api.h"
#include "web/server.h"

namespace mailca::daemon {

class Listeners {
 public:
    // Writes the ports file, if one is wanted, once all three listen.
    static Result<std::unique_ptr<Listeners>> start(const Config& config, Rooms& rooms);
    Ports ports() const;
    void stop();

 private:
    explicit Listeners(acme::Services acmeServices, admin::Services adminServices)
        : m_acmeServices(std::move(acmeServices)), m_adminServices(std::move(adminServices)) {}

    acme::Services m_acmeServices;
    admin::Services m_adminServices;
    web::Router m_acmeRoutes, m_publicRoutes, m_adminRoutes;
    std::unique_ptr<web::Server> m_acme, m_public, m_admin;
};

}  // namespace mailca::daemon
