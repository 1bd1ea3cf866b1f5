#include "client/exchange/issuers.h"

#include <algorithm>

#include "core/x509/path.h"

namespace mailca::client {
namespace {

constexpr int kLongestChain = 3;  // CAs between a mailbox and a root

bool isUnder(const x509::Certificate& certificate, const std::vector<x509::Certificate>& roots) {
    return std::ranges::any_of(roots, [&](const x509::Certificate& root) {
        return root.subjectDer() == certificate.issuerDer() && x509::verifySignature(certificate, root.publicKey());
    });
}

}  // namespace

Result<std::vector<x509::Certificate>> Issuers::above(const x509::Certificate& leaf,
                                                      const std::vector<x509::Certificate>& roots) {
    std::vector<x509::Certificate> chain;
    x509::Certificate at = leaf;
    while (!isUnder(at, roots)) {
        const std::vector<std::string> urls = at.caIssuersUrls();
        if (at.subjectDer() == at.issuerDer() || urls.empty() || chain.size() == kLongestChain) {
            return fail(ErrorKind::Unauthorized, "it leads to none of the pinned roots");
        }
        TRY(at, fetch(urls.front()));
        chain.push_back(at);
    }
    return chain;
}

Result<x509::Certificate> Issuers::fetch(const std::string& url) {
    if (const auto known = m_fetched.find(url); known != m_fetched.end()) return known->second;
    if (!url.starts_with("http://")) return fail(ErrorKind::Unauthorized, "its issuer's URL is not http");
    TRY(const http::Reply reply, m_http.get(url, "application/pkix-cert"));
    if (reply.status != 200) {
        return fail(ErrorKind::Connection,
                    "its issuer's certificate cannot be fetched: " + url + " answers " + std::to_string(reply.status));
    }
    TRY(const x509::Certificate certificate, x509::Certificate::fromDer(asBytes(reply.body)));
    m_fetched.emplace(url, certificate);
    return certificate;
}

}  // namespace mailca::client
