#include "core/x509/path.h"

#include <algorithm>

#include "core/x509/facts.h"

namespace mailca::x509 {
namespace {

using StorePtr = crypto::Owned<X509_STORE, ::X509_STORE_free>;
using ContextPtr = crypto::Owned<X509_STORE_CTX, ::X509_STORE_CTX_free>;
struct StackFree {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }  // the certificates stay their owners'
};
using StackPtr = std::unique_ptr<STACK_OF(X509), StackFree>;

constexpr int kAuthLevel = 2;  // 112 bits: no SHA-1, no RSA below 2048

Error bad(const std::string& why) {
    return fail(ErrorKind::Unauthorized, "the certificate is not trusted: " + why);
}

bool allowsUsage(const Certificate& certificate, std::string_view usage) {
    const std::vector<std::string> usages = certificate.extendedKeyUsage();
    return usages.empty() || std::any_of(usages.begin(), usages.end(),
                                         [&](const std::string& one) { return one == usage || one == oid::kAnyEku; });
}

// OpenSSL's own purpose check wants keyEncipherment of an encryption certificate and so refuses every ECDH one (D20).
Result<void> checkPurpose(const std::vector<Certificate>& path, Purpose purpose) {
    if (purpose == Purpose::Any) return {};
    const std::string_view usage = purpose == Purpose::Timestamp ? oid::kTimeStamping : oid::kEmailProtection;
    for (std::size_t i = 0; i + 1 < path.size() || i == 0; ++i) {  // the anchor is trusted as it is
        if (!allowsUsage(path[i], usage)) return bad("its extended key usage is another one");
    }
    const Certificate& leaf = path.front();
    if (purpose == Purpose::Timestamp && leaf.extendedKeyUsage() != std::vector{std::string(oid::kTimeStamping)}) {
        return bad("timestamping must be its only extended key usage");  // RFC 3161 section 2.3
    }
    const unsigned wanted =
        purpose == Purpose::SmimeEncrypt ? kKeyEncipherment | kKeyAgreement : kDigitalSignature | kNonRepudiation;
    if (leaf.keyUsage() && (*leaf.keyUsage() & wanted) == 0) {
        return bad(purpose == Purpose::SmimeEncrypt ? "its key may not encrypt" : "its key may not sign");
    }
    return {};
}

StackPtr stackOf(const std::vector<Certificate>& certificates) {
    StackPtr stack(sk_X509_new_null());
    for (const Certificate& one : certificates) sk_X509_push(stack.get(), one.handle());
    return stack;
}

}  // namespace

Result<std::vector<Certificate>> verifyPath(const Certificate& leaf, const std::vector<Certificate>& intermediates,
                                            const std::vector<Certificate>& anchors, Time at, Purpose purpose) {
    const StorePtr store(::X509_STORE_new());
    const ContextPtr context(::X509_STORE_CTX_new());
    const StackPtr untrusted = stackOf(intermediates);
    if (store == nullptr || context == nullptr || untrusted == nullptr) {
        return crypto::opensslError("no memory for a path");
    }
    for (const Certificate& anchor : anchors) ::X509_STORE_add_cert(store.get(), anchor.handle());
    if (::X509_STORE_CTX_init(context.get(), store.get(), leaf.handle(), untrusted.get()) != 1) {
        return crypto::opensslError("no path can be built");
    }
    X509_VERIFY_PARAM* const parameters = ::X509_STORE_CTX_get0_param(context.get());
    ::X509_VERIFY_PARAM_set_time(parameters, static_cast<std::time_t>(toUnix(at)));
    ::X509_VERIFY_PARAM_set_auth_level(parameters, kAuthLevel);
    if (::X509_verify_cert(context.get()) != 1) {
        const std::string why = ::X509_verify_cert_error_string(::X509_STORE_CTX_get_error(context.get()));
        crypto::dropOpensslErrors();
        return bad(why);
    }
    std::vector<Certificate> path;
    STACK_OF(X509)* const chain = ::X509_STORE_CTX_get0_chain(context.get());
    for (int i = 0; i < sk_X509_num(chain); ++i) {
        TRY(Certificate one,
            Certificate::fromDer(crypto::encodeDer(static_cast<const X509*>(sk_X509_value(chain, i)), ::i2d_X509)));
        path.push_back(std::move(one));
    }
    TRY_VOID(checkPurpose(path, purpose));
    return path;
}

// What we sign with ourselves is verified on the bytes; OpenSSL's X509, which the rest needs, takes longer to make than
// the signature to verify.
Result<void> verifySignature(const Certificate& certificate, const crypto::PublicKey& issuerKey) {
    // RFC 5280 section 4.1.1.2: the algorithm inside is the one outside.
    const bool agree = certificate.tbsSignatureAlgorithmDer() == certificate.signatureAlgorithmDer();
    const auto verified = agree ? verifySigned(certificate.der(), issuerKey) : false;
    if (verified.value_or(false)) return {};
    if (!verified && ::X509_verify(certificate.handle(), issuerKey.handle()) == 1) return {};
    crypto::dropOpensslErrors();
    return fail(ErrorKind::Crypto, "the signature of the certificate does not verify");
}

}  // namespace mailca::x509
