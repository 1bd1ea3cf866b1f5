// Tag lists (RFC 6376 section 3.2), which DKIM-Signature fields and key records are made of. Strict.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace mailca::mail {

class TagList {
 public:
    // Parse error: a tag twice (J3), a name or a value outside the grammar.
    static Result<TagList> parse(std::string_view text);

    // The value, white space at its ends cut. Nothing if the tag is not there.
    std::optional<std::string> find(std::string_view tag) const;
    // The value without any white space: base64, lists and numbers may be folded anywhere.
    std::optional<std::string> compact(std::string_view tag) const;
    // A list with colons between, each item without white space. Empty if the tag is not there.
    std::vector<std::string> list(std::string_view tag) const;
    const std::string& firstTag() const { return m_firstTag; }

 private:
    std::map<std::string, std::string, std::less<>> m_values;
    std::string m_firstTag;
};

}  // namespace mailca::mail
