// The mark that a running daemon owns a database: a lock on a file beside it. (A lock on the database itself would meet
// SQLite's own locks, which a close of any other descriptor of the same file lets go.)
#pragma once

#include <string>

#include "core/descriptor.h"
#include "core/result.h"

namespace mailca::store {

class FileLock final {
 public:
    // Unavailable when another process, or another Database of this one, holds it. Let go when the process ends,
    // however.
    static Result<FileLock> take(const std::string& path);

 private:
    explicit FileLock(Descriptor file) : m_file(std::move(file)) {}
    Descriptor m_file;
};

// Makes an empty file that only its owner may read, unless the file is there.
Result<void> makePrivateFile(const std::string& path);

}  // namespace mailca::store
