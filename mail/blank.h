// White space inside a line: WSP of RFC 5234 appendix B.1, whatever the locale.
#pragma once

namespace mailca::mail {

constexpr bool isBlank(char c) {
    return c == ' ' || c == '\t';
}

}  // namespace mailca::mail
