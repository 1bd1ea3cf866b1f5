// Mails are texts of ours with places in them: "@DOMAIN@".
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mailca::outbox {

// What is put in is not looked at again: a value cannot hold a place.
inline std::string filled(std::string_view text, const std::vector<std::pair<std::string_view, std::string>>& places) {
    std::string out;
    while (!text.empty()) {
        const auto place =
            std::find_if(places.begin(), places.end(), [&](const auto& one) { return text.starts_with(one.first); });
        if (place == places.end()) {
            out += text.front();
            text.remove_prefix(1);
        } else {
            out += place->second;
            text.remove_prefix(place->first.size());
        }
    }
    return out;
}

}  // namespace mailca::outbox
