#include "mail/dkim_tags.h"

#include <algorithm>

#include "mail/blank.h"
#include "mail/message.h"

namespace mailca::mail {

namespace {

bool isAlpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool isTagName(std::string_view name) {
    return !name.empty() && isAlpha(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
        return isAlpha(c) || (c >= '0' && c <= '9') || c == '_';
    });
}

bool isTagValue(std::string_view value) {
    return std::all_of(value.begin(), value.end(), [](char c) { return isBlank(c) || (c > ' ' && c < '\x7f'); });
}

}  // namespace

Result<TagList> TagList::parse(std::string_view text) {
    TagList tags;
    const std::string line = unfold(text);
    std::string_view rest = line;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(';'), rest.size());
        const std::string spec = unfold(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const std::size_t equals = spec.find('=');
        if (equals == std::string::npos) {
            if (spec.empty() && unfold(rest).empty() && !tags.m_values.empty()) return tags;  // the ";" at the end
            return fail(ErrorKind::Parse, "a tag without a value");
        }
        const std::string name = unfold(std::string_view(spec).substr(0, equals));
        const std::string value = unfold(std::string_view(spec).substr(equals + 1));
        if (!isTagName(name) || !isTagValue(value)) return fail(ErrorKind::Parse, "a tag outside the grammar");
        if (tags.m_values.empty()) tags.m_firstTag = name;
        if (!tags.m_values.emplace(name, value).second)
            return fail(ErrorKind::Parse, "the tag " + name + "= is there twice");
    }
    return tags;
}

std::optional<std::string> TagList::find(std::string_view tag) const {
    const auto found = m_values.find(tag);
    if (found == m_values.end()) return std::nullopt;
    return found->second;
}

std::optional<std::string> TagList::compact(std::string_view tag) const {
    std::optional<std::string> value = find(tag);
    if (value) value->erase(std::remove_if(value->begin(), value->end(), isBlank), value->end());
    return value;
}

std::vector<std::string> TagList::list(std::string_view tag) const {
    std::vector<std::string> items;
    const std::optional<std::string> value = compact(tag);
    if (!value) return items;
    std::size_t start = 0;
    while (true) {
        const std::size_t end = value->find(':', start);
        items.push_back(value->substr(start, end - start));
        if (end == std::string::npos) return items;
        start = end + 1;
    }
}

}  // namespace mailca::mail
