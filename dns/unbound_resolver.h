// The product's resolver: libunbound, validating. It has an upstream and a trust anchor, and nothing else: no static
// records, no hosts file, no resolv.conf.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "dns/resolver.h"

namespace mailca::dns {

struct UnboundOptions {
    // Resolvers to forward every query to, each "host@port" or "host" (an IP address). Empty: full recursion from the
    // root.
    std::vector<std::string> upstream;
    // File with DNSKEY or DS records in zone form, such as /usr/share/dns/root.key. Empty: nothing is validated and
    // every answer is Indeterminate. libunbound does not tell what lies outside of an anchor below the root from what
    // is proven to be unsigned: both are Insecure.
    std::string trustAnchorFile;
    // How long one lookup may take in all.
    std::chrono::milliseconds timeout{10'000};
};

// Thread-safe: any number of callers share one cache. The destructor waits for no query.
class UnboundResolver final : public Resolver {
 public:
    // Config error when an upstream is no address or the anchor cannot be read.
    static Result<std::unique_ptr<UnboundResolver>> create(const UnboundOptions& options);
    ~UnboundResolver() override;
    TxtAnswer txt(std::string_view name) override;
    CaaAnswer caa(std::string_view name) override;

 private:
    class Context;
    explicit UnboundResolver(std::unique_ptr<Context> context);
    std::unique_ptr<Context> m_context;
};

}  // namespace mailca::dns
