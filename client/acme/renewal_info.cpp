#include "client/acme/renewal_info.h"

#include "core/json/json.h"
#include "core/x509/renewal_name.h"

namespace mailca::client::acme {
namespace {

constexpr std::size_t kLongestUrl = 500;

// Section 4.2 wants a uniformly random moment of the window. The serial number is random, and a cron job that comes
// again finds the same moment.
Time momentOf(Time start, Time end, const Serial& serial) {
    return start + (end - start) * serial.bytes().back() / 256;
}

std::string printable(std::string url) {
    const bool clean = url.size() <= kLongestUrl &&
                       url.find_first_not_of(
                           "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%") ==
                           std::string::npos;
    return clean ? std::move(url) : std::string();
}

}  // namespace

std::optional<RenewalInfo> renewalInfoOf(Http& http, const Directory& directory, const x509::Certificate& certificate) {
    if (directory.renewalInfo.empty() || certificate.authorityKeyId().empty()) return std::nullopt;
    const std::string name = x509::renewalName(certificate.authorityKeyId(), certificate.serial());
    const auto reply = http.get(directory.renewalInfo + "/" + name, "application/json");
    if (!reply || reply->status != 200) return std::nullopt;
    const auto body = json::parse(reply->body);
    const json::Value* window = body ? body->find("suggestedWindow") : nullptr;
    if (window == nullptr) return std::nullopt;
    const auto start = parseRfc3339(window->string("start").value_or(""));
    const auto end = parseRfc3339(window->string("end").value_or(""));
    if (!start || !end || *end <= *start) return std::nullopt;  // C3
    return RenewalInfo{momentOf(*start, *end, certificate.serial()),
                       printable(body->string("explanationURL").value_or(""))};
}

}  // namespace mailca::client::acme
