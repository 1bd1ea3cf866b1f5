#include "client/commands/content.h"

#include <cerrno>
#include <cstring>
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

}  // namespace

Result<std::string> readContent(const std::string& path, std::istream& standard) {
    if (isStandard(path)) return drain(standard, "standard input");
    std::ifstream file(path, std::ios::binary);
    if (!file) return fail(ErrorKind::Io, path + " cannot be read: " + std::strerror(errno));
    return drain(file, path);
}

Result<Outcome> writeContent(const std::string& path, std::string content, json::Value object) {
    if (isStandard(path)) return Outcome{ExitCode::Done, std::move(object), std::move(content)};
    SystemDisk disk;
    TRY_VOID(disk.write(path, content));
    object.set("file", path);
    return Outcome{ExitCode::Done, std::move(object), ""};
}

Result<void> checkOutput(const std::string& path, OutputForm form) {
    if (form == OutputForm::Text || !isStandard(path)) return {};
    return fail(ErrorKind::Config, "--json takes standard output: name the file to write with -o");
}

}  // namespace mailca::client
