#include "daemon/rooms.h"

#include <filesystem>
#include <thread>

#include "ca/audit/key.h"
#include "ca/tsa/clock.h"
#include "core/log.h"
#include "core/secret_file.h"
#include "daemon/secret_files.h"
#include "dns/unbound_resolver.h"
#include "mail/smtp.h"
#include "repository/timestamp_routes.h"

namespace mailca::daemon {
namespace {

// How long our own signature on a challenge mail is good: as long as its token (standards A17, J11).
constexpr seconds kDkimLifetime{24h};

// D13: whether Debian's keys of CVE-2008-0166 are refused is up to the operator, who has to bring the list.
void tellOfWeakKeys(const ca::WeakKeys& lists) {
    log::info("keys.weak", {{"keys", std::to_string(lists.keys())}, {"moduli", std::to_string(lists.moduli())}});
    if (lists.moduli() > 0) return;
    log::warning("keys.weak_unlisted",
                 {{"why",
                   "no list of Debian's weak keys (CVE-2008-0166) lies in policies/weak-keys: they are not "
                   "refused; docs/key-policy.md says where to get it"}});
}

// A signer that has to stretch a pass-phrase takes a second or more to serve.
constexpr std::chrono::seconds kSignerPatience{120};

Result<void> openAuthority(const Config& config, Rooms& rooms) {
    TRY(const ca::Profiles profiles, ca::Profiles::load(config.policies));
    tellOfWeakKeys(profiles.weakKeys());
    TRY(rooms.authority, ca::Authority::open(config.authority));
    TRY(rooms.profiles, profiles.servedBy([&rooms](const std::string& hierarchy) {
        return rooms.authority->forHierarchy(hierarchy) != nullptr;
    }));
    for (const auto& [name, description] : profiles.advertised()) {
        if (!rooms.profiles->expand(name).empty()) continue;
        log::info("profile.not_offered", {{"profile", name}, {"why", "the authority has not its hierarchy"}});
    }
    return {};
}

std::string nameOf(log::Level level) {
    static constexpr const char* kNames[] = {"debug", "info", "warning", "error"};
    return kNames[static_cast<int>(level)];
}

Result<void> startSigner(const Config& config, Rooms& rooms) {
    rooms.caSigner.emplace(config.signerSocket);
    if (!config.passphrase) return {};
    SignerProcess::Plan plan;
    plan.socket = config.signerSocket;
    PassphraseSource source = *config.passphrase;
    if (source.isOnce()) {  // it will be needed whenever the signer is started
        TRY(plan.passphrase, source.read("pass-phrase of the CA keys"));
        TRY(source, PassphraseSource::parse("descriptor:3"));
    }
    plan.arguments = {"--authority",
                      config.authority,
                      "--policies",
                      config.policies,
                      "--passphrase",
                      source.text(),
                      "--log-level",
                      nameOf(config.logLevel),
                      "--log-format",
                      config.logFormat == log::Format::Json ? "json" : "text",
                      "--timestamp-tolerance-ms",
                      std::to_string(config.timestampToleranceMs)};
    if (config.unsynchronisedClock) plan.arguments.emplace_back("--unsynchronised-clock");
    TRY(rooms.signerProcess, SignerProcess::start(std::move(plan)));
    return {};
}

// The signer opens the keys while everything else is opened here.
Result<void> awaitSigner(const Config& config, Rooms& rooms) {
    const auto deadline = std::chrono::steady_clock::now() + kSignerPatience;
    while (true) {
        const auto greeted = rooms.caSigner->greet();
        if (greeted || greeted.error().kind == ErrorKind::Config) return greeted;
        if (const auto ended = rooms.signerProcess ? rooms.signerProcess->ended() : std::nullopt) return *ended;
        if (std::chrono::steady_clock::now() > deadline) {
            return fail(ErrorKind::Unavailable, config.signerSocket + ": no signer serves there; its log says why");
        }
        std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
}

// nullopt: the ceremony of an earlier release made no audit key.
Result<std::optional<HeadSigner>> headSignerOf(const Config& config, ca::Signer& signer) {
    const std::string path = ca::audit::publicKeyPath(std::filesystem::path(config.authority).parent_path().string());
    std::error_code error;
    if (!std::filesystem::exists(path, error) && !error) return std::optional<HeadSigner>();
    TRY(crypto::PublicKey key, ca::audit::readPublicKey(path));
    return std::optional(HeadSigner{std::move(key), [&signer](const ca::audit::Head& head, Time at) {
                                        return signer.signAuditHead({head, at});
                                    }});
}

Result<void> openStore(const Config& config, Rooms& rooms) {
    TRY(auto headSigner, headSignerOf(config, *rooms.caSigner));
    const ca::Authority& authority = *rooms.authority;
    store::Options options;
    options.shardOf = [&authority](const std::string& issuer, const Serial& serial) {
        const ca::Issuer* known = authority.find(issuer);
        return known == nullptr ? 0 : known->shardOf(serial);
    };
    options.publicationHold = config.publicationHold;
    TRY(rooms.store, store::Store::open(config.database, std::move(options)));
    TRY(rooms.audit, AuditLog::open(config, rooms.store->audit(), std::move(headSigner), rooms.clock));
    return {};
}

Result<void> openMail(const Config& config, Rooms& rooms) {
    if (config.trustAnchor.empty()) {
        log::warning("dns.unvalidated",
                     {{"why", "[dns] trust_anchor is empty: DNSSEC is not checked; for tests only"}});
    }
    TRY(rooms.resolver,
        dns::UnboundResolver::create({.upstream = config.dnsUpstream, .trustAnchorFile = config.trustAnchor}));

    TRY(mail::ServerOptions smtp, mail::optionsOf(config.smtp));
    rooms.transport = std::make_unique<mail::SmtpTransport>(std::move(smtp));

    std::vector<mail::DkimKey> keys;
    for (const DkimKeyFile& file : config.dkim) {
        TRY(Secret pem, readSecretFile(file.path));
        keys.push_back({config.challengeFrom.domain(), file.selector, std::move(pem)});
    }
    TRY(rooms.signer, mail::DkimSigner::create(std::move(keys), kDkimLifetime));
    rooms.verifier.emplace(*rooms.resolver, rooms.clock);
    TRY(rooms.maildir, mail::Maildir::open(config.maildir));
    if (config.imap) {
        TRY(mail::ServerOptions imap, mail::optionsOf(*config.imap));
        rooms.imap.emplace(std::make_shared<const mail::ServerOptions>(std::move(imap)), *rooms.maildir, rooms.clock,
                           rooms.random);
    }
    if (config.lmtpSocket.empty()) return {};
    mail::LmtpOptions lmtp;
    lmtp.path = config.lmtpSocket;
    lmtp.domain = config.challengeFrom.domain();
    TRY(rooms.lmtp, mail::LmtpServer::listenAt(std::move(lmtp), *rooms.maildir, rooms.random));
    return {};
}

Result<void> openExternalAccounts(const Config& config, Rooms& rooms) {
    if (config.externalAccountSecretFile.empty()) return {};
    TRY(Secret secret, readOrMakeToken(config.externalAccountSecretFile, rooms.random));
    rooms.externalAccounts.emplace(rooms.store->externalAccounts(), std::move(secret), rooms.clock, rooms.random);
    return {};
}

void openRegistration(const Config& config, Rooms& rooms) {
    store::Store& store = *rooms.store;
    rooms.policy.emplace(ra::Policy{.challengeFrom = config.challengeFrom,
                                    .termsOfService = config.termsOfService,
                                    .changedTermsNeedAgreement = config.changedTermsNeedAgreement,
                                    .externalAccountRequired = config.externalAccountRequired,
                                    .reuse = 24h * config.reuseAuthorizationDays,
                                    .reusedOfHundred = config.chaos.reusedAuthorizations,
                                    .emailMailDelay = seconds{config.emailDelaySeconds},
                                    .dnsMailDelay = seconds{config.dnsDelaySeconds}});
    rooms.limits.emplace(config.limits, store.orders(), rooms.clock);
    rooms.caa.emplace(*rooms.resolver, rooms.clock, config.caaIssuerDomains);
    rooms.issuance.emplace(*rooms.caSigner, store.issuance(), rooms.clock);
    rooms.accounts.emplace(store.accounts(), *rooms.policy, rooms.clock, rooms.random,
                           rooms.externalAccounts ? &*rooms.externalAccounts : nullptr);
    rooms.orders.emplace(store.orders(), store.accounts(), *rooms.profiles, *rooms.policy, *rooms.limits, rooms.clock,
                         rooms.random);
    rooms.revocations.emplace(store.certificates(), rooms.clock);
    rooms.setRevocations.emplace(store.selections(), rooms.clock);
    rooms.incidents.emplace(store.incidents(), rooms.clock, [&rooms] { rooms.crls->wake(); });
    rooms.desk.emplace(*rooms.issuance, *rooms.caa, *rooms.orders, store.orders(), store.issuance(), rooms.clock,
                       rooms.random);
    if (config.evidenceDays > 0) {
        rooms.forgetting.emplace(store.database(), 24h * config.evidenceDays, rooms.clock);
    }
    rooms.outbox.emplace(store.mails(), *rooms.transport, *rooms.signer, rooms.clock, rooms.random);
    rooms.notices.emplace(store.notices(), *rooms.transport, *rooms.signer, config.challengeFrom, rooms.clock,
                          rooms.random);
    rooms.intake.emplace(*rooms.maildir, *rooms.verifier, store.replies(),
                         config.strictDkim ? va::DkimMode::Strict : va::DkimMode::Compatible, rooms.clock);
    rooms.crls.emplace(*rooms.authority, *rooms.caSigner, store.crls(), rooms.clock, repository::CrlPolicy{});
    rooms.rootCrls.emplace(*rooms.authority, std::filesystem::path(config.authority).parent_path().string());
    rooms.ocspResponder.emplace(*rooms.authority, *rooms.caSigner, store.services(), rooms.clock);
    rooms.ocsp.emplace(*rooms.ocspResponder, store.statuses(), rooms.clock);
    rooms.nonces.emplace(rooms.random);
}

// E12, E22: a service that cannot tell the time says so now, not only to its first client.
Result<void> openTimestamps(const Config& config, Rooms& rooms) {
    const std::vector<const ca::TimestampUnit*> units = rooms.authority->timestampUnits();
    if (units.empty()) return {};
    for (const ca::TimestampUnit* const unit : units) {
        const auto adopted = rooms.store->services().adopt(
            {unit->issuer->name, unit->certificate.serial(), unit->certificate.der(), rooms.clock.now()});
        if (!adopted && adopted.error().kind == ErrorKind::AlreadyRevoked) {
            log::error("timestamp.unit_revoked", {{"unit", unit->name}, {"why", "it gives no timestamps any more"}});
            continue;
        }
        TRY_VOID(adopted);
        log::info("timestamp.unit", {{"unit", unit->name}, {"key_until", toRfc3339(unit->keyEnd())}});
    }
    if (config.unsynchronisedClock) {
        log::warning("timestamp.clock_unchecked",
                     {{"why",
                       "[timestamp] unsynchronised_clock is true: tokens state whatever time this machine has; "
                       "never for tokens that others shall rely on"}});
    } else if (const auto now = ca::tsa::KernelClock(std::chrono::milliseconds{config.timestampToleranceMs}).now();
               !now) {
        log::warning("timestamp.no_time", {{"why", now.error().detail}});
    }
    return {};
}

// What /metrics and /readyz are made of.
void openWatches(const Config& config, Rooms& rooms) {
    Freshness& freshness =
        rooms.freshness.emplace(rooms.store->database(), *rooms.authority, Freshness::by(*rooms.ocspResponder),
                                rooms.clock, std::chrono::hours{config.crlAlarmHours});
    rooms.health.add("store", [&rooms] { return rooms.store->database().probe(); });
    rooms.health.add("crl", [&freshness] { return freshness.checkCrls(); });
    rooms.health.add("signer", [&freshness] { return freshness.checkSigner(); });
    rooms.desk->observeStays([&rooms](std::chrono::nanoseconds took) { rooms.latencies.issuance(took); });
    rooms.intake->observeMails([&rooms](std::chrono::nanoseconds took) { rooms.latencies.mail(took); });
}

}  // namespace

Result<std::unique_ptr<Rooms>> Rooms::open(const Config& config) {
    auto rooms = std::make_unique<Rooms>();
    TRY_VOID(openAuthority(config, *rooms));
    TRY_VOID(startSigner(config, *rooms));
    TRY_VOID(openStore(config, *rooms));
    TRY_VOID(openMail(config, *rooms));
    TRY_VOID(openExternalAccounts(config, *rooms));
    openRegistration(config, *rooms);
    TRY_VOID(openTimestamps(config, *rooms));
    openWatches(config, *rooms);
    TRY_VOID(awaitSigner(config, *rooms));
    return rooms;
}

}  // namespace mailca::daemon
