#include "admin/api/blocked_keys.h"

#include "core/json/json.h"
#include "core/log.h"

namespace mailca::admin {
namespace {

constexpr std::size_t kSha256Octets = 32;
constexpr std::size_t kMostComment = 1000;

json::Value render(const ra::BlockedKey& key) {
    json::Value out = json::object({{"spkiSha256", toHex(key.spkiSha256)}, {"blockedAt", toRfc3339(key.at)}});
    if (!key.comment.empty()) out.set("comment", key.comment);
    if (key.serial) out.set("serial", key.serial->hex());
    return out;
}

}  // namespace

Result<web::Response> blockedKeys(const Services& services, const web::Request&) {
    TRY(const auto keys, services.blockedKeys.list());
    json::Array list;
    for (const ra::BlockedKey& key : keys) list.push_back(render(key));
    return web::Response::json(200, json::object({{"keys", std::move(list)}}));
}

Result<web::Response> blockKey(const Services& services, const web::Request& request) {
    TRY(const json::Value wanted, json::parse(request.body));
    const auto key = fromHex(wanted.string("spkiSha256").value_or(""));
    if (!key || key->size() != kSha256Octets) {
        return fail(ErrorKind::Malformed, "spkiSha256 must be the SHA-256 of the SubjectPublicKeyInfo, 64 hex digits");
    }
    const std::string comment = wanted.string("comment").value_or("");
    if (comment.size() > kMostComment) return fail(ErrorKind::Malformed, "comment must have at most 1000 octets");
    TRY(const ra::KeyBlocked blocked, services.blockedKeys.block({*key, comment, services.clock.now()}));
    log::info("operator.blocked-key", {{"spki_sha256", toHex(*key)}});
    json::Array certificates;
    for (const ra::CertificateRecord& record : blocked.certificates) certificates.push_back(render(record));
    return web::Response::json(200, json::object({{"spkiSha256", toHex(*key)},
                                                  {"blockedBefore", !blocked.added},
                                                  {"certificates", std::move(certificates)}}));
}

}  // namespace mailca::admin
