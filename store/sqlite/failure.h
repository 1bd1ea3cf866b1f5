// SQLite's result codes in our words.
#pragma once

#include <cstdint>
#include <string>

#include "core/result.h"

namespace mailca::store::sqlite {

enum class Trouble : std::uint8_t {
    None,
    Constraint,  // a UNIQUE or PRIMARY KEY: somebody was there first
    DiskFull,
    Locked,      // another program holds the database
    Io,          // reading, writing or syncing failed: what is on the disk is unknown
    Damaged,     // not a database, or a broken one
    Unopenable,  // no such folder, no permission, a read-only file system
    Other,
};

Trouble troubleOf(int extendedCode);
// The error of a failed call: what went wrong, in SQLite's words behind ours, and what to do.
Error errorOf(int extendedCode, const std::string& sqliteSays);

}  // namespace mailca::store::sqlite
