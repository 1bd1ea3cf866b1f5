// Runs another program and keeps what it said.
#pragma once

#include <string>

namespace mailca::test {

struct Outcome {
    int status = -1;     // exit code; 128 + signal when a signal ended it
    std::string output;  // standard output and standard error, as they came
};

// A command line for /bin/sh. Throws when no shell can be started.
Outcome run(const std::string& command);

}  // namespace mailca::test
