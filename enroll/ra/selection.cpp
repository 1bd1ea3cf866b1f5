#include "enroll/ra/selection.h"

namespace mailca::ra {
namespace {

constexpr std::size_t kSha256 = 32;  // octets

Error wrong(const std::string& what) {
    return fail(ErrorKind::Malformed, what);
}

Result<std::vector<Serial>> readSerials(const json::Value& value) {
    const json::Array* list = value.asArray();
    if (list == nullptr || list->empty() || list->size() > kMostSerials) {
        return wrong("serials must be a list of 1 to " + std::to_string(kMostSerials) + " serial numbers in hex");
    }
    std::vector<Serial> serials;
    for (const json::Value& one : *list) {
        if (one.asString() == nullptr) return wrong("serials must be a list of strings");
        TRY(Serial serial, Serial::fromHex(*one.asString()));
        serials.push_back(std::move(serial));
    }
    return serials;
}

Result<void> readMember(const std::string& name, const json::Value& value, CertificateSelection& selection) {
    if (name == "serials") {
        TRY(selection.serials, readSerials(value));
        return {};
    }
    if (value.asString() == nullptr || value.asString()->empty()) return wrong(name + " must be a string");
    const std::string& text = *value.asString();
    if (name == "mailbox") {
        TRY(selection.mailbox, EmailAddress::parse(text));
    } else if (name == "spki") {
        const auto digest = fromHex(text);
        if (!digest || digest->size() != kSha256) return wrong("spki must be the SHA-256 of a public key, in hex");
        selection.spkiSha256 = *digest;
    } else if (name == "issuer") {
        selection.issuer = text;
    } else if (name == "profile") {
        selection.profile = text;
    } else if (name == "issuedFrom") {
        TRY(selection.issuedFrom, parseRfc3339(text));
    } else if (name == "issuedBefore") {
        TRY(selection.issuedBefore, parseRfc3339(text));
    } else {
        return wrong("certificates cannot be selected by \"" + name + "\"");
    }
    return {};
}

}  // namespace

json::Value CertificateSelection::toJson() const {
    json::Value out = json::object({});
    if (!serials.empty()) {
        json::Array list;
        for (const Serial& serial : serials) list.emplace_back(serial.hex());
        out.set("serials", std::move(list));
    }
    if (mailbox) out.set("mailbox", mailbox->text());
    if (spkiSha256) out.set("spki", toHex(*spkiSha256));
    if (issuer) out.set("issuer", *issuer);
    if (profile) out.set("profile", *profile);
    if (issuedFrom) out.set("issuedFrom", toRfc3339(*issuedFrom));
    if (issuedBefore) out.set("issuedBefore", toRfc3339(*issuedBefore));
    return out;
}

Result<CertificateSelection> CertificateSelection::fromJson(const json::Value& value) {
    const json::Object* members = value.asObject();
    if (members == nullptr || members->empty()) {
        return wrong("say which certificates: serials, mailbox, spki, issuer, profile, issuedFrom or issuedBefore");
    }
    CertificateSelection selection;
    for (const auto& [name, member] : *members) TRY_VOID(readMember(name, member, selection));
    return selection;
}

}  // namespace mailca::ra
