#include <sys/stat.h>

#include "admin/cli/commands.h"
#include "ca/new_file.h"
#include "core/secret.h"

namespace mailca::admin {

Result<std::string> readSecretLine(const std::string& path) {
    struct ::stat status {};
    if (::stat(path.c_str(), &status) == 0 && (status.st_mode & 077U) != 0) {
        return fail(ErrorKind::Config, path + ": others may read it; chmod 600 " + path);
    }
    TRY(Bytes content, ca::readWholeFile(path));
    const std::string_view text = asText(content);
    std::string line(text.substr(0, text.find_first_of("\r\n")));
    mailca::wipe(content);
    if (line.empty()) return fail(ErrorKind::Config, path + ": its first line is empty");
    return line;
}

}  // namespace mailca::admin
