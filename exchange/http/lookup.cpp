#include "exchange/http/lookup.h"

#include <algorithm>

#include "core/crypto/hash.h"
#include "core/json/json.h"

namespace mailca::exchange {
namespace {

Result<std::vector<Role>> parseRoles(std::string_view text) {
    if (text.empty()) return std::vector<Role>{Role::Encrypt};
    std::vector<Role> roles;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t comma = std::min(text.find(',', at), text.size());
        const auto role = roleNamed(text.substr(at, comma - at));
        if (!role) return fail(ErrorKind::Malformed, "roles is a list of encrypt, sign and timestamp");
        if (std::find(roles.begin(), roles.end(), *role) == roles.end()) roles.push_back(*role);
        at = comma + 1;
    }
    return roles;
}

// The first media type of ours in the header wins; weights are not looked at.
Result<Format> parseAccept(std::string_view accept) {
    static constexpr std::pair<std::string_view, Format> kTypes[] = {
        {"application/json", Format::Json},      {"application/pem-certificate-chain", Format::Pem},
        {"application/x-pem-file", Format::Pem}, {"application/pkix-cert", Format::Der},
        {"application/*", Format::Json},         {"*/*", Format::Json}};
    if (accept.empty()) return Format::Json;
    std::size_t best = std::string_view::npos;
    Format format = Format::Json;
    for (const auto& [type, itsFormat] : kTypes) {
        const std::size_t at = accept.find(type);
        if (at < best) {
            best = at;
            format = itsFormat;
        }
    }
    if (best != std::string_view::npos) return format;
    return fail(ErrorKind::NotAcceptable,
                "ask for application/json, application/pem-certificate-chain or application/pkix-cert");
}

std::string pemOf(const Entry& entry) {
    const std::string base64 = toBase64(entry.certificate);
    std::string pem = "-----BEGIN CERTIFICATE-----\n";
    for (std::size_t at = 0; at < base64.size(); at += 64) pem += base64.substr(at, 64) + "\n";
    return pem + "-----END CERTIFICATE-----\n";
}

// A certificate is moved along, not copied from list to list as json::object would have it.
json::Value jsonOf(Entry& entry) {
    json::Array roles;
    for (const Role role : entry.roles) roles.emplace_back(nameOf(role));
    json::Object object;
    object.reserve(8);
    object.emplace_back("role", std::move(roles));
    object.emplace_back("algorithm", std::move(entry.algorithm));
    object.emplace_back("class", nameOf(entry.trust));
    object.emplace_back("state", nameOf(entry.state));
    object.emplace_back("fingerprint", std::move(entry.fingerprint));
    object.emplace_back("notBefore", toRfc3339(entry.notBefore));
    object.emplace_back("notAfter", toRfc3339(entry.notAfter));
    object.emplace_back("certificate", toBase64(entry.certificate));
    return object;
}

LookupAnswer asJson(const EmailAddress& mailbox, std::vector<Entry> entries) {
    json::Array list;
    list.reserve(entries.size());
    for (Entry& entry : entries) list.push_back(jsonOf(entry));
    json::Object object;
    object.reserve(2);
    object.emplace_back("mailbox", mailbox.text());
    object.emplace_back("entries", std::move(list));
    return {.contentType = "application/json", .body = json::Value(std::move(object)).dump()};
}

// Strong: of all that the answer's octets depend on. What else it says of an entry follows from the certificate
// (publicationOf); kForm changes with the form of an answer.
std::string etagOf(const LookupRequest& request, const std::vector<Entry>& entries) {
    static constexpr std::string_view kForm = "1";
    std::string all(kForm);
    all.append(1, static_cast<char>('0' + static_cast<int>(request.format))).append(request.mailbox.text());
    for (const Entry& entry : entries) all.append(1, '\n').append(entry.fingerprint).append(nameOf(entry.trust));
    return "\"" + toHex(crypto::sha256(asBytes(all))).substr(0, 32) + "\"";
}

LookupAnswer asPem(const std::vector<Entry>& entries) {
    LookupAnswer answer{.contentType = "application/pem-certificate-chain"};
    for (const Entry& entry : entries) answer.body += pemOf(entry);
    return answer;
}

LookupAnswer asDer(const std::vector<Entry>& entries) {
    if (entries.size() == 1) {
        return {.contentType = "application/pkix-cert", .body = std::string(asText(entries.front().certificate))};
    }
    // The boundary is a digest of the contents: it cannot stand in them by accident, and the answer stays the same
    // bytes.
    std::string all;
    for (const Entry& entry : entries) all += entry.fingerprint;
    const std::string boundary = toHex(crypto::sha256(asBytes(all))).substr(0, 32);
    LookupAnswer answer{.contentType = "multipart/mixed; boundary=" + boundary};
    for (const Entry& entry : entries) {
        answer.body += "--" + boundary + "\r\nContent-Type: application/pkix-cert\r\n\r\n";
        answer.body += std::string(asText(entry.certificate)) + "\r\n";
    }
    answer.body += "--" + boundary + "--\r\n";
    return answer;
}

}  // namespace

Result<LookupRequest> parseLookup(std::string_view address, std::string_view roles, std::string_view accept) {
    auto mailbox = EmailAddress::parse(address);
    if (!mailbox) return fail(ErrorKind::Malformed, mailbox.error().detail);
    TRY(std::vector<Role> wanted, parseRoles(roles));
    TRY(const Format format, parseAccept(accept));
    return LookupRequest{*std::move(mailbox), std::move(wanted), format};
}

Result<LookupAnswer> answerLookup(Directory& directory, const LookupRequest& request, Time at) {
    TRY(std::vector<Entry> entries, directory.lookup(request.mailbox, request.roles, at));
    if (entries.empty() && request.format != Format::Json) {
        return fail(ErrorKind::NotFound, "nothing is published for this mailbox");
    }
    std::string etag = etagOf(request, entries);
    LookupAnswer answer = request.format == Format::Json  ? asJson(request.mailbox, std::move(entries))
                          : request.format == Format::Pem ? asPem(entries)
                                                          : asDer(entries);
    answer.etag = std::move(etag);
    return answer;
}

}  // namespace mailca::exchange
