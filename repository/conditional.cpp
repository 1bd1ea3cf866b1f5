#include "repository/conditional.h"

#include <time.h>

#include <ctime>

namespace mailca::repository {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// RFC 9110 section 13.1.2, by the weak comparison of section 8.8.3.2. No entity tag of ours holds a comma.
bool names(std::string_view list, std::string_view etag) {
    if (trimmed(list) == "*") return true;
    while (!list.empty()) {
        const auto comma = list.find(',');
        std::string_view tag = trimmed(list.substr(0, comma));
        if (tag.starts_with("W/")) tag.remove_prefix(2);
        if (tag == etag) return true;
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    }
    return false;
}

// IMF-fixdate (RFC 9110 section 5.6.7), the form that we send and that clients send back.
std::optional<Time> readHttpDate(std::string_view text) {
    const std::string copy(text);
    std::tm parts{};
    const char* const end = ::strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    if (end == nullptr || *end != '\0') return std::nullopt;
    const Time time = fromUnix(::timegm(&parts));
    if (toHttpDate(time) != copy) return std::nullopt;
    return time;
}

}  // namespace

bool hasAlready(const web::Request& request, const Validators& validators) {
    if (const auto tags = request.header("If-None-Match")) return names(*tags, validators.etag);
    const auto since = readHttpDate(request.header("If-Modified-Since").value_or(""));
    return since && validators.lastModified <= *since;
}

}  // namespace mailca::repository
