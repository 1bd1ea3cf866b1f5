#include "store/sqlite/failure.h"

#include <sqlite3.h>

namespace mailca::store::sqlite {

Trouble troubleOf(int extendedCode) {
    switch (extendedCode & 0xFF) {
        case SQLITE_OK:
        case SQLITE_ROW:
        case SQLITE_DONE:
            return Trouble::None;
        case SQLITE_CONSTRAINT:
            return extendedCode == SQLITE_CONSTRAINT_UNIQUE || extendedCode == SQLITE_CONSTRAINT_PRIMARYKEY
                       ? Trouble::Constraint
                       : Trouble::Other;
        case SQLITE_FULL:
            return Trouble::DiskFull;
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return Trouble::Locked;
        case SQLITE_IOERR:
            return Trouble::Io;
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return Trouble::Damaged;
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PERM:
            return Trouble::Unopenable;
        default:
            return Trouble::Other;
    }
}

// Unavailable is shown to clients: no path and no SQL in those sentences.
Error errorOf(int extendedCode, const std::string& sqliteSays) {
    switch (troubleOf(extendedCode)) {
        case Trouble::Constraint:
            return fail(ErrorKind::Conflict, "it is there already (" + sqliteSays + ")");
        case Trouble::DiskFull:
            return fail(ErrorKind::Unavailable,
                        "the disk is full: free space where the database lies, then try again; nothing was written");
        case Trouble::Locked:
            return fail(ErrorKind::Unavailable, "another program holds the database locked: try again in a moment");
        case Trouble::Io:
            return fail(ErrorKind::Io, "the database's disk failed: look into the kernel's log (" + sqliteSays + ")");
        case Trouble::Damaged:
            return fail(
                ErrorKind::Store,
                "the database is damaged or no database: stop, keep a copy, restore the backup (" + sqliteSays + ")");
        case Trouble::Unopenable:
            return fail(ErrorKind::Io,
                        "the database cannot be opened for writing: check that its folder exists and "
                        "belongs to the daemon's account (" +
                            sqliteSays + ")");
        case Trouble::None:
        case Trouble::Other:
            break;
    }
    return fail(ErrorKind::Store, "the database refused a statement: " + sqliteSays);
}

}  // namespace mailca::store::sqlite
