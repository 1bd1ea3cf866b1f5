#include "daemon/chaos.h"

#include "core/log.h"
#include "daemon/config_values.h"

namespace mailca::daemon {
namespace {

constexpr int kLongestRetryAfter = 3600;

}  // namespace

Result<ChaosConfig> readChaos(toml::Table& file) {
    TRY(const std::string environment, file.stringOr("environment", "production"));
    if (environment != "production" && environment != "test") {
        return file.wrong("environment", "must be \"production\" or \"test\"");
    }
    TRY(std::optional<toml::Table> table, file.optionalTable("chaos"));
    ChaosConfig chaos;
    if (!table) return chaos;
    if (environment != "test") {
        return file.wrong("chaos",
                          "makes the service misbehave for the authors of clients: it needs environment = \"test\" at "
                          "the top of this file, and belongs nowhere else");
    }
    chaos.on = true;
    TRY(chaos.api.badNonces, readCount(*table, "bad_nonces", 0, 100));
    TRY(chaos.reusedAuthorizations, readCount(*table, "reused_authorizations", 100, 100));
    TRY(chaos.api.retryAfterSeconds, readCount(*table, "retry_after_seconds", 1, kLongestRetryAfter));
    TRY(chaos.api.finalizeIsProcessing, table->booleanOr("finalize_is_processing", false));
    return chaos;
}

void tellOf(const ChaosConfig& chaos) {
    if (!chaos.on) return;
    log::warning("chaos.on",
                 {{"why", "[chaos] is configured: this service misbehaves on purpose, for tests of clients"},
                  {"bad_nonces", std::to_string(chaos.api.badNonces)},
                  {"reused_authorizations", std::to_string(chaos.reusedAuthorizations)},
                  {"retry_after_seconds", std::to_string(chaos.api.retryAfterSeconds)},
                  {"finalize_is_processing", chaos.api.finalizeIsProcessing ? "true" : "false"}});
}

}  // namespace mailca::daemon
