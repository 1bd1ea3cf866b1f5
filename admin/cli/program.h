// The program mailca-admin: ceremony, dkim-key, revoke, eab, nginx. Exit codes: 0 done, 1 failed, 2 usage.
#pragma once

namespace mailca::admin {

int runProgram(int argc, char** argv);

}  // namespace mailca::admin
