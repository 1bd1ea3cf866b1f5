#include "tests/support/run.h"

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <stdexcept>

namespace mailca::test {

Outcome run(const std::string& command) {
    std::FILE* pipe = ::popen(("{ " + command + "\n} 2>&1").c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("no shell to run: " + command);
    Outcome out;
    std::array<char, 4096> block{};
    for (std::size_t got = 0; (got = std::fread(block.data(), 1, block.size(), pipe)) > 0;) {
        out.output.append(block.data(), got);
    }
    const int status = ::pclose(pipe);
    out.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return out;
}

}  // namespace mailca::test
