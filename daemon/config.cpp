#include "daemon/config.h"

#include <arpa/inet.h>

#include <charconv>
#include <filesystem>
#include <map>

#include "ca/new_file.h"
#include "core/toml/table.h"
#include "daemon/config_values.h"
#include "daemon/mail_config.h"

namespace mailca::daemon {
namespace {

// "https://host[:port][/path]" without a trailing slash: it becomes the first part of every URL handed out.
Result<std::string> readUrl(toml::Table& table, std::string_view key) {
    TRY(std::string url, table.string(key));
    if (!url.starts_with("https://") && !url.starts_with("http://")) {
        return table.wrong(key, "must begin with https:// (or http:// for tests)");
    }
    if (url.ends_with('/')) return table.wrong(key, "must not end with a slash");
    return url;
}

bool isLoopback(const std::string& host) {
    in_addr v4{};
    if (::inet_pton(AF_INET, host.c_str(), &v4) == 1) return (::ntohl(v4.s_addr) >> 24) == 127;
    return host == "::1";
}

Result<Endpoint> readEndpoint(toml::Table& table, std::string_view key, const char* otherwise) {
    TRY(const std::string text, table.stringOr(key, otherwise));
    const std::size_t colon = text.rfind(':');
    Endpoint endpoint;
    if (colon != std::string::npos) {
        endpoint.host = text.substr(0, colon);
        if (endpoint.host.starts_with('[') && endpoint.host.ends_with(']')) {
            endpoint.host = endpoint.host.substr(1, endpoint.host.size() - 2);
        }
        const char* end = text.data() + text.size();
        const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, endpoint.port);
        if (error == std::errc{} && rest == end && isLoopback(endpoint.host)) return endpoint;
    }
    return table.wrong(key, "must be a loopback address and a port, as \"127.0.0.1:9200\"; nginx faces the network");
}

Result<void> readListeners(toml::Table file, const std::filesystem::path& directory, Config& config) {
    TRY(config.acme, readEndpoint(file, "acme", "127.0.0.1:9200"));
    TRY(config.publicListener, readEndpoint(file, "public", "127.0.0.1:9201"));
    TRY(config.admin, readEndpoint(file, "admin", "127.0.0.1:9202"));
    TRY(const std::string ports, file.stringOr("ports_file", ""));
    TRY(const std::string secret, file.stringOr("proxy_secret_file", ""));
    config.portsFile = beside(directory, ports);
    config.proxySecretFile = beside(directory, secret);
    return {};
}

Result<ra::LimitOverride> readOverride(toml::Table& table) {
    ra::LimitOverride made;
    TRY(const std::string account, table.stringOr("account", ""));
    TRY(const std::string domain, table.stringOr("domain", ""));
    TRY(const std::string peer, table.stringOr("peer", ""));
    if (int{account.empty()} + int{domain.empty()} + int{peer.empty()} != 2) {
        return table.wrong("override", "needs one of account, domain and peer");
    }
    if (!account.empty()) {
        const auto id = AccountId::parse(account);
        if (!id) return table.wrong("account", "must be the last part of an account's URL");
        made.of = *id;
    } else if (!domain.empty()) {
        const auto mailbox = EmailAddress::parse("x@" + domain);
        if (!mailbox) return table.wrong("domain", "must be a mail domain");
        made.of = mailbox->domain();
    } else {
        const auto network = IpNetwork::parse(peer);
        if (!network) return table.wrong("peer", network.error().detail);
        made.of = *network;
    }
    TRY(made.times, readCount(table, "times", 1, 10'000));
    if (made.times == 0) return table.wrong("times", "must be at least 1");
    return made;
}

constexpr int kMinutesAMonth = 30 * 24 * 60;  // the orders of a month are looked at (store/mail_budget.cpp)

Result<void> readLimits(toml::Table& table, ra::LimitPolicy& limits) {
    struct Count {
        const char* name;
        int& value;
    };
    for (const Count& one : {Count{"accounts_per_peer_per_hour", limits.accountsPerPeer},
                             Count{"orders_per_peer_per_hour", limits.ordersPerPeer},
                             Count{"orders_per_account_per_hour", limits.ordersPerAccount},
                             Count{"orders_per_domain_per_hour", limits.ordersPerDomain},
                             Count{"mails_per_mailbox_per_hour", limits.mailsPerMailbox},
                             Count{"strangers_mails_per_mailbox_per_hour", limits.strangersMails},
                             Count{"strangers_mails_per_peer_per_hour", limits.strangersMailsPerPeer}}) {
        TRY(one.value, readCount(table, one.name, one.value, 1'000'000));
        if (one.value == 0) return table.wrong(one.name, "must be at least 1");
    }
    const auto minutes = [](seconds time) { return static_cast<int>(time / 1min); };
    TRY(const int first, readCount(table, "first_pause_minutes", minutes(limits.firstPause), kMinutesAMonth));
    TRY(const int longest, readCount(table, "longest_pause_minutes", minutes(limits.longestPause), kMinutesAMonth));
    limits.firstPause = 1min * first;
    limits.longestPause = 1min * longest;
    TRY(std::vector<toml::Table> overrides, table.tables("override"));
    for (toml::Table& one : overrides) {
        TRY(ra::LimitOverride made, readOverride(one));
        limits.overrides.push_back(std::move(made));
    }
    return {};
}

constexpr int kMinutesADay = 24 * 60;
constexpr int kMostAlarmHours = 6 * 24;  // less than a CRL lives (D47)

Result<void> readAudit(toml::Table& file, const std::filesystem::path& directory, Config& config) {
    TRY(std::optional<toml::Table> audit, file.optionalTable("audit"));
    if (audit) {
        TRY(const std::string path, audit->stringOr("export", ""));
        config.auditExport = beside(directory, path);
        TRY(config.auditSignMinutes, readCount(*audit, "sign_minutes", 60, kMinutesADay));
        if (config.auditSignMinutes == 0) return audit->wrong("sign_minutes", "must be at least 1");
    }
    TRY(std::optional<toml::Table> alarms, file.optionalTable("alarms"));
    if (alarms) {
        TRY(config.crlAlarmHours, readCount(*alarms, "crl_hours", 72, kMostAlarmHours));
    }
    return {};
}

Result<void> readRest(toml::Table& file, const std::filesystem::path& directory, Config& config) {
    TRY(toml::Table dns, file.table("dns"));
    TRY(config.dnsUpstream, dns.stringsOr("upstream", {}));
    TRY(const std::string anchor, dns.string("trust_anchor"));  // C26: never off by leaving it out
    config.trustAnchor = beside(directory, anchor);
    TRY(toml::Table caa, file.table("caa"));
    TRY(config.caaIssuerDomains, caa.strings("issuer_domains"));
    if (config.caaIssuerDomains.empty()) return caa.wrong("issuer_domains", "must name at least one domain");

    TRY(std::optional<toml::Table> timestamp, file.optionalTable("timestamp"));
    if (timestamp) {
        TRY(config.timestampToleranceMs, readCount(*timestamp, "tolerance_ms", 1000, 1000));  // E22: 1 s or better
        if (config.timestampToleranceMs == 0) return timestamp->wrong("tolerance_ms", "must be at least 1");
        TRY(config.unsynchronisedClock, timestamp->booleanOr("unsynchronised_clock", false));
    }
    TRY_VOID(readAudit(file, directory, config));
    TRY(std::optional<toml::Table> limits, file.optionalTable("limits"));
    if (limits) TRY_VOID(readLimits(*limits, config.limits));
    TRY(std::optional<toml::Table> logging, file.optionalTable("log"));
    if (logging) {
        static const std::map<std::string, log::Level> kLevels{{"debug", log::Level::Debug},
                                                               {"info", log::Level::Info},
                                                               {"warning", log::Level::Warning},
                                                               {"error", log::Level::Error}};
        static const std::map<std::string, log::Format> kFormats{{"text", log::Format::Text},
                                                                 {"json", log::Format::Json}};
        TRY(config.logLevel, readChoice(*logging, "level", kLevels, "info"));
        TRY(config.logFormat, readChoice(*logging, "format", kFormats, "text"));
    }
    return {};
}

constexpr int kLongestHold = 30 * 24 * 3600;

Result<void> readExchange(toml::Table& exchange, Config& config) {
    const int usual = static_cast<int>(config.publicationHold.count());
    TRY(const int hold, readCount(exchange, "publication_hold_seconds", usual, kLongestHold));
    config.publicationHold = seconds{hold};
    return {};
}

constexpr int kShortestEvidenceDays = 731;  // D52: two years, one of them a leap year

Result<void> readRetention(toml::Table& retention, Config& config) {
    TRY(config.evidenceDays, readCount(retention, "evidence_days", 0, 36'500));
    if (config.evidenceDays == 0 || config.evidenceDays >= kShortestEvidenceDays) return {};
    return retention.wrong("evidence_days", "must be 731 or more (two years), or 0 to erase nothing");
}

constexpr int kLongestReuseDays = 30;  // SBR 4.2.1

Result<void> readAcme(toml::Table acme, const std::filesystem::path& directory, Config& config) {
    TRY(const std::string secret, acme.stringOr("external_account_secret_file", ""));
    config.externalAccountSecretFile = beside(directory, secret);
    TRY(config.externalAccountRequired, acme.booleanOr("external_account_required", false));
    if (config.externalAccountRequired && secret.empty()) {
        return acme.wrong("external_account_required", "needs external_account_secret_file");
    }
    TRY(config.changedTermsNeedAgreement, acme.booleanOr("changed_terms_need_agreement", false));
    if (config.changedTermsNeedAgreement && config.termsOfService.empty()) {
        return acme.wrong("changed_terms_need_agreement", "needs terms_of_service");
    }
    TRY(config.reuseAuthorizationDays, readCount(acme, "reuse_authorization_days", 0, kLongestReuseDays));
    return {};
}

// Whose pass-phrase it is: this program starts a signer and tells it where to read, or [signer] names one that runs.
Result<void> readSigner(toml::Table& file, const std::filesystem::path& directory, Config& config) {
    TRY(const std::string passphraseFile, file.stringOr("passphrase_file", ""));
    TRY(const std::string source, file.stringOr("passphrase", ""));
    TRY(std::optional<toml::Table> signer, file.optionalTable("signer"));
    if (signer) {
        TRY(const std::string socket, signer->string("socket"));
        config.signerSocket = beside(directory, socket);
        if (passphraseFile.empty() && source.empty()) return {};
        return signer->wrong("socket",
                             "names a signer that runs by itself: the pass-phrase is its own matter, leave it out");
    }
    config.signerSocket = beside(std::filesystem::path(config.database).parent_path(), "signer.sock");
    if (passphraseFile.empty() == source.empty()) {
        return fail(ErrorKind::Config,
                    "passphrase_file is missing; or give passphrase = \"credential:NAME\", "
                    "\"descriptor:N\" or \"prompt\" in its place, or a [signer]");
    }
    if (source.empty()) {
        config.passphrase = PassphraseSource::file(beside(directory, passphraseFile));
        return {};
    }
    auto parsed = PassphraseSource::parse(source);
    if (!parsed) return file.wrong("passphrase", parsed.error().detail);
    config.passphrase = *std::move(parsed);
    return {};
}

}  // namespace

Result<Config> Config::load(const std::string& path) {
    TRY(toml::Table file, toml::Table::load(path));
    const std::filesystem::path directory = std::filesystem::absolute(path).parent_path();
    TRY(toml::Table mail, file.table("mail"));
    TRY(EmailAddress from, readChallengeFrom(mail));
    Config config(std::move(from));
    TRY(const Bytes text, ca::readWholeFile(path));
    config.text = std::string(asText(text));

    TRY(config.externalUrl, readUrl(file, "external_url"));
    TRY(config.exchangeUrl, readUrl(file, "exchange_url"));
    for (const auto& [key, field] : {std::pair{"database", &Config::database},
                                     {"authority", &Config::authority},
                                     {"policies", &Config::policies},
                                     {"admin_token_file", &Config::adminTokenFile}}) {
        TRY(const std::string value, file.string(key));
        config.*field = beside(directory, value);
    }
    TRY_VOID(readSigner(file, directory, config));
    TRY(config.termsOfService, file.stringOr("terms_of_service", ""));
    TRY(config.website, file.stringOr("website", ""));
    TRY(toml::Table listeners, file.table("listeners"));
    TRY_VOID(readListeners(listeners, directory, config));
    TRY_VOID(readMail(mail, directory, config));
    TRY_VOID(readRest(file, directory, config));
    TRY(std::optional<toml::Table> acme, file.optionalTable("acme"));
    if (acme) TRY_VOID(readAcme(*std::move(acme), directory, config));
    TRY(std::optional<toml::Table> exchange, file.optionalTable("exchange"));
    if (exchange) TRY_VOID(readExchange(*exchange, config));
    TRY(std::optional<toml::Table> retention, file.optionalTable("retention"));
    if (retention) TRY_VOID(readRetention(*retention, config));
    TRY(config.chaos, readChaos(file));
    TRY_VOID(file.finish());
    return config;
}

}  // namespace mailca::daemon
