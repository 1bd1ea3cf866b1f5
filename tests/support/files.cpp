#include "tests/support/files.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace mailca::test {

TempDir::TempDir() {
    std::string pattern = (std::filesystem::temp_directory_path() / "mailca-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder: " + pattern);
    m_path = pattern;
}

TempDir::~TempDir() {
    std::error_code ignored;  // a folder left behind is no reason to end the test program
    std::filesystem::remove_all(m_path, ignored);
}

std::string readFile(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) throw std::runtime_error("cannot read " + path.string());
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

Bytes readBytes(const std::filesystem::path& path) {
    return toBytes(readFile(path));
}

void writeFile(const std::filesystem::path& path, std::string_view content) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file.write(content.data(), static_cast<std::streamsize>(content.size()));
    if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

void writeFile(const std::filesystem::path& path, ByteView content) {
    writeFile(path, asText(content));
}

std::filesystem::path dataFile(std::string_view name) {
    return std::filesystem::path(MAILCA_SOURCE_DIR) / "tests" / "data" / name;
}

}  // namespace mailca::test
