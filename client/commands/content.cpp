#include "client/commands/content.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "client/state/disk.h"

namespace mailca::client {
namespace {

constexpr std::size_t kMaxContent = 64u << 20;

bool isStandard(const std::string& path) {
    return path.empty() || path == "-";
}

Result<std::string> drain(std::istream& from, const std::string& name) {
    std::string out;
    char block[65536];
    while (from.read(block, sizeof block) || from.gcount() > 0) {
        out.append(block, static_cast<std::size_t>(from.gcount()));
        if (out.size() > kMaxContent) return fail(ErrorKind::Malformed, name + " is larger than 64 MiB");
    }
    if (from.bad()) return fail(ErrorKind::Io, name + " cannot be read");
    return out;
}

// A file is replaced whole or stays as it was. What is no file (/dev/null, a pipe) only takes the octets.
Result<void> put(const std::string& path, const std::string& content) {
    std::error_code ignored;
    const std::filesystem::file_status there = std::filesystem::status(path, ignored);
    if (!std::filesystem::exists(there) || std::filesystem::is_regular_file(there)) {
        SystemDisk disk;
        return writeDurably(disk, path, content);
    }
    std::ofstream file(path, std::ios::binary);
    file << content << std::flush;
    if (!file) return fail(ErrorKind::Io, path + " cannot be written: " + std::strerror(errno));
    return {};
}

}  // namespace

Result<std::string> readContent(const std::string& path, std::istream& standard) {
    if (isStandard(path)) return drain(standard, "standard input");
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(ErrorKind::Io, path + " cannot be read: " + std::strerror(errno));
    return drain(file, path);
}

Result<Outcome> writeContent(const std::string& path, std::string content, json::Value object) {
    if (isStandard(path)) return Outcome{ExitCode::Done, std::move(object), std::move(content)};
    TRY_VOID(put(path, content));
    object.set("file", path);
    return Outcome{ExitCode::Done, std::move(object), ""};
}

Result<void> checkOutput(const std::string& path, OutputForm form) {
    if (form == OutputForm::Text || !isStandard(path)) return {};
    return fail(ErrorKind::Config, "--json takes standard output: name the file to write with -o");
}

}  // namespace mailca::client
