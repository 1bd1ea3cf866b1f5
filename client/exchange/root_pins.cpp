#include "client/exchange/root_pins.h"

#include <algorithm>

#include "client/acme/problem.h"
#include "core/x509/path.h"

namespace mailca::client {
namespace {

constexpr const char* kPinFile = "roots.pem";

using Certificates = std::vector<x509::Certificate>;

Result<Certificates> fetchRoots(Http& http, const std::string& exchange) {
    TRY(const http::Reply reply, http.get(exchange + "/v1/roots", "application/x-pem-file, */*"));
    if (reply.status != 200) return acme::problemOf(reply);
    TRY(Certificates roots, x509::Certificate::allFromPem(reply.body));
    if (roots.empty()) return fail(ErrorKind::Parse, "the exchange names no root certificate");
    for (const x509::Certificate& root : roots) {
        if (!root.isCa() || root.subjectDer() != root.issuerDer() || !x509::verifySignature(root, root.publicKey())) {
            return fail(ErrorKind::Parse, "the exchange names a root that is none: " + root.subjectText());
        }
    }
    return roots;
}

bool isSubset(const Certificates& inner, const Certificates& outer) {
    return std::ranges::all_of(inner, [&](const auto& one) { return std::ranges::find(outer, one) != outer.end(); });
}

}  // namespace

Result<Certificates> pinnedRoots(Http& http, const std::string& exchange, const StateDirectory& state, Report& report) {
    TRY(const std::optional<std::string> pinned, state.read(kPinFile));
    Result<Certificates> offered = fetchRoots(http, exchange);
    if (!pinned) {
        if (!offered) return offered;
        std::string pem;
        for (const x509::Certificate& root : *offered) pem += root.pem();
        TRY_VOID(state.write(kPinFile, pem));
        for (const x509::Certificate& root : *offered) {
            report.progress("root pinned: " + root.subjectText() + ", SHA-256 " + toHex(root.sha256()));
        }
        return offered;
    }
    TRY(Certificates roots, x509::Certificate::allFromPem(*pinned));
    if (!offered) {
        report.warning("the exchange does not tell its roots (" + offered.error().detail + "); using the pinned ones");
    } else if (!isSubset(*offered, roots) || !isSubset(roots, *offered)) {
        report.warning("THE EXCHANGE NOW NAMES OTHER ROOTS than those pinned in " + state.file(kPinFile).string() +
                       ". The pinned ones stay in force. If the CA's operator confirms the change by other means, move "
                       "that file away; if not, somebody is interfering");
    }
    return roots;
}

}  // namespace mailca::client
