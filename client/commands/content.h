// What encrypt, decrypt, sign and verify read and write.
#pragma once

#include <istream>
#include <string>

#include "client/command_line.h"
#include "client/report.h"

namespace mailca::client {

// At most 64 MiB; Malformed beyond. `path` empty or "-": `standard`.
Result<std::string> readContent(const std::string& path, std::istream& standard);
// Into the file (0600, whole or not at all), or, when `path` is empty or "-", as the outcome's text. `object` is the
// outcome for programs.
Result<Outcome> writeContent(const std::string& path, std::string content, json::Value object);
// Config error when the content and the JSON would both go to standard output.
Result<void> checkOutput(const std::string& path, OutputForm form);

}  // namespace mailca::client
