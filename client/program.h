// The program mailca: arguments in, exit code out.
#pragma once

namespace mailca::client {

int run(int argc, const char* const* argv);

}  // namespace mailca::client
