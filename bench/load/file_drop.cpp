#include "bench/load/file_drop.h"

#include <fstream>

namespace mailca::bench {

Result<void> dropFile(const std::filesystem::path& unfinished, const std::filesystem::path& finished,
                      std::string_view content) {
    {
        std::ofstream file(unfinished, std::ios::binary | std::ios::trunc);
        file.write(content.data(), static_cast<std::streamsize>(content.size()));
        if (!file.flush()) return fail(ErrorKind::Io, unfinished.string() + ": cannot be written");
    }
    std::error_code error;
    std::filesystem::rename(unfinished, finished, error);
    if (error) return fail(ErrorKind::Io, finished.string() + ": cannot be made: " + error.message());
    return {};
}

}  // namespace mailca::bench
