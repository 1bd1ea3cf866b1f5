#include "mail/dkim_signature.h"

#include <algorithm>
#include <charconv>

#include "core/text.h"
#include "dns/resolver.h"
#include "mail/dkim_tags.h"

namespace mailca::mail {

namespace {

constexpr std::size_t kMaxHeaderListBytes = 2000;  // libopendkim cuts longer ones off
constexpr std::int64_t kMaxAhead = 3600;           // J3: clocks may differ by that much

Error malformed(const std::string& what) {
    return fail(ErrorKind::Parse, "the signature's " + what);
}

Result<std::string> required(const TagList& tags, std::string_view tag) {
    std::optional<std::string> value = tags.compact(tag);
    if (!value || value->empty()) return malformed(std::string(tag) + "= is missing");
    return std::move(*value);
}

Result<std::optional<std::int64_t>> timestamp(const TagList& tags, std::string_view tag) {
    constexpr std::size_t kMaxDigits = 12;  // RFC 6376 section 3.5
    const std::optional<std::string> text = tags.compact(tag);
    if (!text) return std::optional<std::int64_t>();
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc() || end != text->data() + text->size() || text->size() > kMaxDigits || value < 0) {
        return malformed(std::string(tag) + "= is no time");
    }
    return std::optional<std::int64_t>(value);
}

Result<void> checkCanonicalization(const TagList& tags) {
    const std::string value = tags.compact("c").value_or("simple/simple");
    const std::size_t slash = value.find('/');
    const std::string body = slash == std::string::npos ? "simple" : value.substr(slash + 1);
    for (const std::string& name : {value.substr(0, slash), body}) {
        if (name != "simple" && name != "relaxed") return malformed("c= is unknown");
    }
    return {};
}

Result<void> parseHeaderList(const TagList& tags, DkimSignature& signature) {
    TRY(const std::string list, required(tags, "h"));
    if (list.size() > kMaxHeaderListBytes) return malformed("h= is too long");
    for (const std::string& name : tags.list("h")) {
        if (name.empty()) return malformed("h= has an empty name");
        signature.signedHeaders.push_back(toAsciiLower(name));
    }
    const auto& names = signature.signedHeaders;
    if (std::find(names.begin(), names.end(), "from") == names.end()) return malformed("h= leaves out From");
    return {};
}

Result<void> parseIdentity(const TagList& tags, DkimSignature& signature) {
    signature.identity = tags.find("i").value_or("@" + signature.domain);
    const std::size_t at = signature.identity.rfind('@');
    if (at == std::string::npos) return malformed("i= has no domain");
    signature.identityDomain = toAsciiLower(signature.identity.substr(at + 1));
    if (signature.identityDomain != signature.domain && !signature.identityDomain.ends_with("." + signature.domain)) {
        return malformed("i= lies outside of d=");
    }
    return {};
}

Result<void> checkQueryMethod(const TagList& tags) {
    const std::vector<std::string> methods = tags.list("q");
    if (!methods.empty() && std::find(methods.begin(), methods.end(), "dns/txt") == methods.end()) {
        return malformed("q= is unknown");
    }
    return {};
}

}  // namespace

Result<DkimSignature> parseDkimSignature(std::string_view fieldValue) {
    TRY(const TagList tags, TagList::parse(fieldValue));
    if (tags.compact("v") != "1") return malformed("v= is not 1");
    DkimSignature signature;
    TRY(signature.algorithm, required(tags, "a"));
    TRY(signature.selector, required(tags, "s"));
    TRY(signature.domain, required(tags, "d"));
    signature.domain = toAsciiLower(signature.domain);
    if (!dns::isQueryName(signature.keyName()) || signature.domain.ends_with('.')) {
        return malformed("s= and d= are no name in the DNS");
    }
    for (const std::string_view tag : {"b", "bh"}) TRY_VOID(required(tags, tag));
    TRY_VOID(checkCanonicalization(tags));
    TRY_VOID(checkQueryMethod(tags));
    TRY_VOID(parseHeaderList(tags, signature));
    TRY_VOID(parseIdentity(tags, signature));
    TRY(signature.signedAt, timestamp(tags, "t"));
    TRY(signature.expiresAt, timestamp(tags, "x"));
    signature.hasLengthTag = tags.find("l").has_value();
    return signature;
}

Result<void> checkDkimSignature(const DkimSignature& signature, Time now) {
    const std::int64_t present = toUnix(now);
    if (signature.algorithm != "rsa-sha256" && signature.algorithm != "ed25519-sha256") {
        return fail(ErrorKind::Unauthorized, "the algorithm " + signature.algorithm + " is not accepted");
    }
    if (signature.hasLengthTag) return fail(ErrorKind::Unauthorized, "l= leaves a part of the body unsigned");
    if (signature.expiresAt && *signature.expiresAt <= signature.signedAt.value_or(0)) {
        return fail(ErrorKind::Unauthorized, "x= is not after t=");
    }
    if (signature.expiresAt && *signature.expiresAt < present) return fail(ErrorKind::Unauthorized, "expired");
    if (signature.signedAt && *signature.signedAt > present + kMaxAhead) {
        return fail(ErrorKind::Unauthorized, "signed in the future");
    }
    return {};
}

}  // namespace mailca::mail
