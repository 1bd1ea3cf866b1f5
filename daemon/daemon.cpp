#include "daemon/daemon.h"

#include <utility>

#include "core/log.h"
#include "daemon/listeners.h"
#include "daemon/rooms.h"
#include "daemon/workers.h"

namespace mailca::daemon {
namespace {

// All of them spend their time waiting for the commit, the mail server or DNS: many threads let commits be shared, and
// one slow server does not hold all mail.
constexpr int kIssuanceWorkers = 16;
constexpr int kOutboxWorkers = 16;
constexpr int kIntakeWorkers = 16;
constexpr int kLmtpWorkers = 8;  // conversations at once; each may be held by a peer that says little
constexpr std::chrono::milliseconds kCrlTurn{30'000};
constexpr std::chrono::milliseconds kIncidentTurn{5'000};

template <typename Worker>
std::function<Result<void>()> turnsOf(Worker& worker) {
    return [&worker] { return worker.turn(); };
}

}  // namespace

class Daemon::House {
 public:
    explicit House(std::unique_ptr<Rooms> rooms) : m_rooms(std::move(rooms)) {}

    Result<void> open(const Config& config) {
        // Before anything is served: orphans closed and unfinished orders queued again (step 5), mails that were under
        // way due again (step 2), every CRL shard there (F7).
        TRY_VOID(m_rooms->audit->started(config, *m_rooms->authority));
        m_started = true;
        TRY_VOID(m_rooms->desk->recover());
        TRY_VOID(m_rooms->outbox->recover());
        TRY_VOID(m_rooms->crls->signDue());
        TRY_VOID(m_rooms->freshness->look());
        TRY(m_listeners, Listeners::start(config, *m_rooms));
        startWorkers();
        return {};
    }

    void stop() {
        if (m_listeners) m_listeners->stop();
        m_workers.stop([this] {
            m_rooms->desk->stop();
            m_rooms->outbox->stop();
            m_rooms->notices->stop();
            m_rooms->intake->stop();
            if (m_rooms->lmtp) m_rooms->lmtp->stop();
            if (m_rooms->imap) m_rooms->imap->stop();
            m_rooms->crls->stop();
            m_rooms->incidents->stop();
            m_rooms->freshness->stop();
            if (m_rooms->forgetting) m_rooms->forgetting->stop();
            m_rooms->audit->stop();
        });
        if (!std::exchange(m_started, false)) return;
        if (const auto done = m_rooms->audit->stopped(); !done) {
            log::error("audit.end_not_recorded", {{"why", done.error().text()}});
        }
    }

    const Listeners& listeners() const { return *m_listeners; }

 private:
    void startWorkers() {
        for (int i = 0; i < kIssuanceWorkers; ++i) m_workers.add("issuance", turnsOf(*m_rooms->desk));
        for (int i = 0; i < kOutboxWorkers; ++i) m_workers.add("outbox", turnsOf(*m_rooms->outbox));
        m_workers.add("notices", turnsOf(*m_rooms->notices));
        for (int i = 0; i < kIntakeWorkers; ++i) m_workers.add("intake", turnsOf(*m_rooms->intake));
        for (int i = 0; m_rooms->lmtp && i < kLmtpWorkers; ++i) m_workers.add("lmtp", turnsOf(*m_rooms->lmtp));
        if (m_rooms->imap) m_workers.add("imap", turnsOf(*m_rooms->imap));
        m_workers.add("incidents", [this] { return m_rooms->incidents->turn(kIncidentTurn); });
        m_workers.add("crl", [this]() -> Result<void> {
            m_rooms->rootCrls->reload();
            const auto done = m_rooms->crls->turn(kCrlTurn);
            if (!done) return done.error();
            return {};
        });
        if (m_rooms->forgetting) m_workers.add("retention", turnsOf(*m_rooms->forgetting));
        m_workers.add("freshness", turnsOf(*m_rooms->freshness));
        m_workers.add("audit", turnsOf(*m_rooms->audit));
    }

    std::unique_ptr<Rooms> m_rooms;
    std::unique_ptr<Listeners> m_listeners;
    Workers m_workers;
    bool m_started = false;
};

Daemon::Daemon(std::unique_ptr<House> house) : m_house(std::move(house)) {}
Daemon::~Daemon() {
    stop();
}

Result<std::unique_ptr<Daemon>> Daemon::start(const Config& config) {
    tellOf(config.chaos);
    TRY(std::unique_ptr<Rooms> rooms, Rooms::open(config));
    auto house = std::make_unique<House>(std::move(rooms));
    TRY_VOID(house->open(config));
    const Ports ports = house->listeners().ports();
    log::info("daemon.listening", {{"acme", std::to_string(ports.acme)},
                                   {"public", std::to_string(ports.publicListener)},
                                   {"admin", std::to_string(ports.admin)}});
    return std::unique_ptr<Daemon>(new Daemon(std::move(house)));
}

Result<void> Daemon::check(const Config& config) {
    TRY(const std::unique_ptr<Rooms> rooms, Rooms::open(config));
    return {};
}

Ports Daemon::ports() const {
    return m_house->listeners().ports();
}
void Daemon::stop() {
    m_house->stop();
}

}  // namespace mailca::daemon
