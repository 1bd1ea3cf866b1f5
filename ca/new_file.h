// Files that are written once: keys, certificates, the plan of an authority. Whole or not at all, and never over
// another.
#pragma once

#include <string>

#include "core/bytes.h"
#include "core/result.h"

namespace mailca::ca {

enum class FileMode : unsigned { Public = 0644, Private = 0600 };

// Durable once it returns: written beside, synced, linked to its name, the folder synced. Io when `path` exists already
// (nothing is overwritten) or the disk refuses.
Result<void> writeNewFile(const std::string& path, ByteView content, FileMode mode);
// The same in the place of `path`, which is there already or not: readers see the old one or the new one.
Result<void> replaceFile(const std::string& path, ByteView content, FileMode mode);
// Makes the entry of `path` in its folder durable.
Result<void> syncFolderOf(const std::string& path);
// Config when it cannot be read or is larger than 1 MiB.
Result<Bytes> readWholeFile(const std::string& path);

}  // namespace mailca::ca
