// Files for tests: a folder that goes away with its owner, reading and writing whole files, the test data of the
// repository. A failure here is a broken test and throws.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/bytes.h"

namespace mailca::test {

class TempDir final {
 public:
    TempDir();
    ~TempDir();
    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;

    const std::filesystem::path& path() const { return m_path; }
    // The name of a file inside, as the text that programs take.
    std::string file(std::string_view name) const { return (m_path / name).string(); }

 private:
    std::filesystem::path m_path;
};

std::string readFile(const std::filesystem::path& path);
Bytes readBytes(const std::filesystem::path& path);
void writeFile(const std::filesystem::path& path, std::string_view content);
void writeFile(const std::filesystem::path& path, ByteView content);

// tests/data/<name> of the source tree.
std::filesystem::path dataFile(std::string_view name);

}  // namespace mailca::test
