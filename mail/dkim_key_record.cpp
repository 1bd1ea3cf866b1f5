#include "mail/dkim_key_record.h"

#include <algorithm>

#include "mail/dkim_tags.h"

namespace mailca::mail {

namespace {

bool contains(const std::vector<std::string>& items, std::string_view item) {
    return std::find(items.begin(), items.end(), item) != items.end();
}

Error unusable(std::string reason) {
    return fail(ErrorKind::Unauthorized, std::move(reason));
}

}  // namespace

bool DkimKeyRecord::hasFlag(std::string_view flag) const {
    return contains(flags, flag);
}

Result<DkimKeyRecord> parseDkimKeyRecord(std::string_view text) {
    TRY(const TagList tags, TagList::parse(text));
    const std::optional<std::string> version = tags.compact("v");
    if (version && (*version != "DKIM1" || tags.firstTag() != "v")) {
        return fail(ErrorKind::Parse, "v= of the key record is not DKIM1, or not its first tag");
    }
    std::optional<std::string> publicKey = tags.compact("p");
    if (!publicKey) return fail(ErrorKind::Parse, "the key record has no p=");
    DkimKeyRecord record;
    record.type = tags.compact("k").value_or("rsa");
    record.publicKey = std::move(*publicKey);
    record.hashes = tags.list("h");
    record.services = tags.list("s");
    record.flags = tags.list("t");
    return record;
}

Result<void> checkDkimKeyRecord(const DkimKeyRecord& record, const DkimSignature& signature) {
    if (record.publicKey.empty()) return unusable("the key is revoked");
    if (!signature.algorithm.starts_with(record.type + "-")) return unusable("the key is of another type");
    if (!record.hashes.empty() && !contains(record.hashes, "sha256")) return unusable("the key is not for SHA-256");
    if (!record.services.empty() && !contains(record.services, "*") && !contains(record.services, "email")) {
        return unusable("the key is not for mail");
    }
    if (record.hasFlag("y")) return unusable("the key is published for testing (t=y)");
    if (record.hasFlag("s") && signature.identityDomain != signature.domain) {
        return unusable("the key is not for subdomains (t=s)");
    }
    return {};
}

}  // namespace mailca::mail
