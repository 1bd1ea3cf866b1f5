#include <chrono>
#include <ostream>
#include <thread>

#include "admin/cli/commands.h"
#include "admin/cli/daemon_access.h"
#include "core/json/json.h"
#include "core/x509/revocation_reason.h"

namespace mailca::admin {
namespace {

constexpr int kShown = 10;         // certificates of a dry run
constexpr int kMostAtOnce = 500;   // revocations in one request, as the API takes them
constexpr int kMostARun = 10'000;  // a second

std::int64_t numberIn(const json::Value& value, std::string_view key) {
    return value.integer(key).value_or(0);
}

// The API's request for one page, and the page.
class Asking final {
 public:
    Asking(http::Client& client, DaemonEndpoint daemon) : m_client(client), m_daemon(std::move(daemon)) {}

    Result<json::Value> post(const std::string& what, const json::Value& body) {
        return postTo(m_daemon, m_client, "/admin/v1/" + what, body);
    }
    // Every page of the selection.
    template <typename Visit>
    Result<void> walk(const std::string& what, json::Value request, Visit visit) {
        while (true) {
            TRY(const json::Value page, post(what, request));
            TRY_VOID(visit(page));
            const auto next = page.integer("next");
            if (!next) return {};
            request.set("from", *next);
        }
    }

 private:
    http::Client& m_client;
    const DaemonEndpoint m_daemon;
};

struct Count {
    std::int64_t live = 0, revoked = 0;
    json::Array sample;  // the first live ones
};

Result<Count> count(Asking& asking, const std::vector<json::Value>& selections) {
    Count counted;
    for (const json::Value& selection : selections) {
        TRY_VOID(asking.walk("selections", json::object({{"select", selection}}), [&](const json::Value& page) {
            const json::Array* found = page.array("certificates");
            for (const json::Value& one : found == nullptr ? json::Array{} : *found) {
                if (one.string("state") != "live") {
                    ++counted.revoked;
                } else if (++counted.live <= kShown) {
                    counted.sample.push_back(one);
                }
            }
            return Result<void>();
        }));
    }
    if (counted.live + counted.revoked == 0) return fail(ErrorKind::NotFound, "no certificate is like that");
    return counted;
}

void dryRun(const RevokeOptions& options, const Count& counted, std::ostream& out) {
    if (options.report == Report::Json) {
        out << json::object(
                   {{"live", counted.live}, {"alreadyRevoked", counted.revoked}, {"certificates", counted.sample}})
                   .dump()
            << "\n";
        return;
    }
    out << "Would be revoked (" << options.reason << "): " << counted.live << "; revoked already: " << counted.revoked
        << "\n";
    showCertificates(counted.sample, out);
    if (counted.live > kShown) out << "... and " << counted.live - kShown << " more\n";
    out << "Nothing was done. Add --yes to do it.\n";
}

Result<void> checkOptions(const RevokeOptions& options) {
    if (!x509::revocationReasonNamed(options.reason)) {
        return fail(ErrorKind::Config, "--reason is one of: " + x509::revocationReasonNames());
    }
    if (options.rate >= 1 && options.rate <= kMostARun) return {};
    return fail(ErrorKind::Config, "--rate is 1 to " + std::to_string(kMostARun) + " revocations a second");
}

// As many at once as take a second, at most; then a rest until that second is over.
Result<void> revokeAll(const RevokeOptions& options, Asking& asking, const std::vector<json::Value>& selections,
                       const Count& counted, std::ostream& out) {
    std::int64_t revoked = 0;
    const auto begun = std::chrono::steady_clock::now();
    const auto done = [&]() -> Result<void> {
        for (const json::Value& selection : selections) {
            const json::Value request = json::object(
                {{"select", selection}, {"reason", options.reason}, {"atMost", std::min(options.rate, kMostAtOnce)}});
            TRY_VOID(asking.walk("revocations", request, [&](const json::Value& page) -> Result<void> {
                const std::int64_t now = numberIn(page, "revoked");
                if (now == 0) return {};
                revoked += now;
                if (options.report == Report::Text && counted.live > kMostAtOnce) {
                    out << revoked << " of " << counted.live << std::endl;
                }
                std::this_thread::sleep_until(begun + std::chrono::milliseconds{1'000} * revoked / options.rate);
                return {};
            }));
        }
        return {};
    }();
    if (!done) {
        return fail(done.error().kind, std::to_string(revoked) + " of " + std::to_string(counted.live) +
                                           " were revoked; run the same command again: " + done.error().detail);
    }
    if (options.report == Report::Json) {
        out << json::object({{"revoked", revoked}, {"alreadyRevoked", counted.revoked}}).dump() << "\n";
    } else {
        out << "revoked: " << revoked << "; revoked before: " << counted.revoked << "\n";
    }
    return {};
}

}  // namespace

Result<void> revoke(const RevokeOptions& options, http::Client& client, std::istream& in, std::ostream& out) {
    TRY_VOID(checkOptions(options));
    TRY(const auto selections, selectionsOf(options.selection, in));
    TRY(DaemonEndpoint daemon, endpointOf(options));
    Asking asking(client, std::move(daemon));
    TRY(const Count counted, count(asking, selections));
    if (options.confirmation == Confirmation::Given) return revokeAll(options, asking, selections, counted, out);
    dryRun(options, counted, out);
    return {};
}

}  // namespace mailca::admin
