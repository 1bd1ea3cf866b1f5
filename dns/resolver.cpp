#include "dns/resolver.h"

#include <algorithm>

namespace mailca::dns {

namespace {

constexpr std::size_t kMaxNameOctets = 253;
constexpr std::size_t kMaxLabelOctets = 63;

bool isLabel(std::string_view label) {
    return !label.empty() && label.size() <= kMaxLabelOctets && std::all_of(label.begin(), label.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

}  // namespace

bool isQueryName(std::string_view name) {
    if (name.ends_with('.')) name.remove_suffix(1);
    if (name.empty() || name.size() > kMaxNameOctets) return false;
    while (true) {
        const std::size_t dot = name.find('.');
        if (!isLabel(name.substr(0, dot))) return false;
        if (dot == std::string_view::npos) return true;
        name.remove_prefix(dot + 1);
    }
}

std::string_view toText(Status status) {
    switch (status) {
        case Status::Found:
            return "found";
        case Status::NoData:
            return "no data";
        case Status::NoSuchName:
            return "no such name";
        case Status::Failed:
            return "failed";
    }
    return "failed";
}

std::string_view toText(Security security) {
    switch (security) {
        case Security::Secure:
            return "secure";
        case Security::Insecure:
            return "insecure";
        case Security::Bogus:
            return "bogus";
        case Security::Indeterminate:
            return "indeterminate";
    }
    return "indeterminate";
}

}  // namespace mailca::dns
