#include "admin/cli/audit_file.h"

#include <memory>

namespace mailca::admin {

Result<store::NextEntry> readAuditFile(const std::string& path) {
    using Next = std::optional<ca::audit::Entry>;
    const auto file = std::make_shared<std::ifstream>(path, std::ios::binary);
    if (!*file) return fail(ErrorKind::Config, path + ": cannot be read");
    return store::NextEntry([path, file, number = std::int64_t{0}]() mutable -> Result<Next> {
        std::string line;
        if (!std::getline(*file, line)) {
            if (file->bad()) return fail(ErrorKind::Io, path + ": cannot be read to its end");
            return Next();
        }
        if (file->eof()) return Next();
        ++number;
        auto entry = ca::audit::parseLine(line);
        if (!entry) {
            return fail(ErrorKind::Parse, path + ": line " + std::to_string(number) + ": " + entry.error().detail);
        }
        return Next(*std::move(entry));
    });
}

}  // namespace mailca::admin
