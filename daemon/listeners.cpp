#include "daemon/listeners.h"

#include <cstdio>
#include <fstream>
#include <thread>

#include "daemon/metrics.h"
#include "daemon/secret_files.h"
#include "exchange/http/routes.h"
#include "repository/ocsp_routes.h"
#include "repository/routes.h"
#include "repository/timestamp_routes.h"

namespace mailca::daemon {
namespace {

// Handlers on acme wait for durable commits: many of them let one commit serve many (design section 8).
constexpr std::size_t kAcmeThreads = 64;
constexpr std::size_t kAdminThreads = 4;
constexpr std::size_t kPublicThreadsPerCore = 2;

acme::Services acmeServices(const Config& config, Rooms& rooms) {
    return acme::Services{.urls = acme::Urls(config.externalUrl),
                          .meta = {config.termsOfService, config.website, config.exchangeUrl, config.caaIssuerDomains,
                                   config.externalAccountRequired},
                          .clock = rooms.clock,
                          .nonces = *rooms.nonces,
                          .accountKeys = rooms.accountKeys,
                          .accountBook = rooms.store->accounts(),
                          .certificateBook = rooms.store->certificates(),
                          .incidentBook = rooms.store->incidents(),
                          .accounts = *rooms.accounts,
                          .orders = *rooms.orders,
                          .limits = *rooms.limits,
                          .revocations = *rooms.revocations,
                          .desk = *rooms.desk,
                          .authority = *rooms.authority,
                          .chaos = acme::Chaos(config.chaos.api, rooms.random),
                          .mailReleased = [&rooms] { rooms.outbox->wake(); },
                          .revoked = [&rooms] { rooms.crls->wake(); }};
}

Result<std::vector<std::shared_ptr<const prometheus::Collectable>>> metricsOf(Rooms& rooms) {
    TRY(const ca::audit::Head head, rooms.store->audit().head());
    const auto mailsNew = [&rooms]() -> Result<std::size_t> {
        TRY(const auto names, rooms.maildir->list());
        return names.size();
    };
    return std::vector<std::shared_ptr<const prometheus::Collectable>>{
        std::make_shared<StoreMetrics>(rooms.store->database()), std::make_shared<AllocatorMetrics>(),
        std::make_shared<ServiceMetrics>(
            ServiceMetrics::Sources{rooms.store->database(), *rooms.freshness, rooms.clock, mailsNew,
                                    [&rooms] { return rooms.health.troubles().size(); }},
            head.nr),
        rooms.latencies.collectable()};
}

Result<std::unique_ptr<web::Server>> listen(const Endpoint& endpoint, std::size_t threads, const Config& config,
                                            const web::Router& routes) {
    web::ServerOptions options;
    options.address = endpoint.host;
    options.port = endpoint.port;
    options.threads = threads;
    if (!config.proxySecretFile.empty()) {
        TRY(options.proxySecret, readSecretLine(config.proxySecretFile));
    }
    return web::Server::start(std::move(options), [&routes](const web::Request& request) { return routes(request); });
}

Result<void> writePorts(const std::string& path, const Ports& ports) {
    if (path.empty()) return {};
    const std::string fresh = path + ".new";
    {
        std::ofstream file(fresh, std::ios::trunc);
        file << "acme=" << ports.acme << "\npublic=" << ports.publicListener << "\nadmin=" << ports.admin << "\n";
        if (!file.flush()) return fail(ErrorKind::Io, fresh + ": cannot be written");
    }
    if (std::rename(fresh.c_str(), path.c_str()) != 0) return fail(ErrorKind::Io, path + ": cannot be written");
    return {};
}

}  // namespace

Result<std::unique_ptr<Listeners>> Listeners::start(const Config& config, Rooms& rooms) {
    TRY(auto metrics, metricsOf(rooms));
    TRY(Secret token, readOrMakeToken(config.adminTokenFile, rooms.random));
    admin::Services adminServices{.certificates = rooms.store->certificates(),
                                  .revocations = *rooms.setRevocations,
                                  .incidents = *rooms.incidents,
                                  .blockedKeys = rooms.store->blockedKeys(),
                                  .clock = rooms.clock,
                                  .token = std::move(token),
                                  .revoked = [&rooms] { rooms.crls->wake(); },
                                  .metrics = std::move(metrics),
                                  .externalAccounts = rooms.externalAccounts ? &*rooms.externalAccounts : nullptr,
                                  .refused = [&rooms](const std::string& peer) { rooms.audit->refusedOperator(peer); },
                                  .troubles = [&rooms] { return rooms.health.troubles(); }};
    std::unique_ptr<Listeners> made(new Listeners(acmeServices(config, rooms), std::move(adminServices)));
    acme::addRoutes(made->m_acmeRoutes, made->m_acmeServices);
    exchange::addRoutes(made->m_publicRoutes, rooms.store->directory(), rooms.clock);
    repository::addRoutes(made->m_publicRoutes, *rooms.authority, *rooms.rootCrls, rooms.store->crls(), rooms.clock);
    repository::addOcspRoutes(made->m_publicRoutes, *rooms.ocsp, rooms.clock);
    if (!rooms.authority->timestampUnits().empty()) {
        repository::addTimestampRoutes(made->m_publicRoutes, *rooms.caSigner, *rooms.authority,
                                       rooms.store->statuses());
    }
    admin::addRoutes(made->m_adminRoutes, made->m_adminServices);
    for (const auto& [listener, routes] :
         {std::pair("acme", &made->m_acmeRoutes), std::pair("public", &made->m_publicRoutes)}) {
        routes->observe([&rooms, listener = std::string(listener)](web::Method method, const std::string& route) {
            return rooms.latencies.requests(listener, method, route);
        });
    }

    const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
    TRY(made->m_acme, listen(config.acme, kAcmeThreads, config, made->m_acmeRoutes));
    TRY(made->m_public, listen(config.publicListener, kPublicThreadsPerCore * cores, config, made->m_publicRoutes));
    TRY(made->m_admin, listen(config.admin, kAdminThreads, config, made->m_adminRoutes));
    TRY_VOID(writePorts(config.portsFile, made->ports()));
    return made;
}

Ports Listeners::ports() const {
    return {m_acme->port(), m_public->port(), m_admin->port()};
}

void Listeners::stop() {
    for (const auto* server : {&m_acme, &m_public, &m_admin}) (*server)->stop();
}

}  // namespace mailca::daemon
