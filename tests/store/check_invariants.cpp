// CheckInvariants for scripts: `check_invariants DATABASE [CRASHES]`. With CRASHES, nothing is under way any more and
// the process was ended that often since the oldest challenge. Prints the broken promises; exit code 1 when there is
// one.
#include <charconv>
#include <cstring>
#include <iostream>

#include "tests/store/check_invariants.h"

namespace {

// Negative: no number.
std::int64_t number(const char* text) {
    std::int64_t value = -1;
    const char* const end = text + std::strlen(text);
    return std::from_chars(text, end, value).ptr == end ? value : -1;
}

}  // namespace

int main(int count, char** words) {
    const std::int64_t crashes = count == 3 ? number(words[2]) : 0;
    if (count < 2 || count > 3 || crashes < 0) {
        std::cerr << "check_invariants DATABASE [CRASHES]\n";
        return 2;
    }
    const auto broken =
        mailca::test::CheckInvariants(words[1], count == 3 ? std::optional<std::int64_t>(crashes) : std::nullopt);
    for (const std::string& promise : broken) std::cout << promise << "\n";
    return broken.empty() ? 0 : 1;
}
