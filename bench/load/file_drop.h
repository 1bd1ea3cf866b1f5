// A file that appears whole or not at all, as deliveries into a Maildir do (maildir(5)): written beside, then renamed.
#pragma once

#include <filesystem>
#include <string_view>

#include "core/result.h"

namespace mailca::bench {

// Not synced: what it is for survives a crash of this process, and nobody cuts the power of this side. Io.
Result<void> dropFile(const std::filesystem::path& unfinished, const std::filesystem::path& finished,
                      std::string_view content);

}  // namespace mailca::bench
