// The mark beside the database, <database>.mark: number and hash of the newest audit row that was ever durable here. A
// database that does not hold that row is an older one, put back (docs/decisions/audit.md). It is written after each
// commit, so that it may lag, and never leads, whenever the process or the power ends.
//
// The file: two slots of 512 octets, written in turn, so that one of them is whole whatever happens; each a line
// "<number> <hash in hex> <first 16 hex digits of the SHA-256 of what stands before>".
#pragma once

#include <string>

#include "ca/audit/log.h"
#include "store/sqlite/connection.h"

namespace mailca::store {

// What a database knows of itself (table standing).
enum class Standing : std::uint8_t { New = 0, Marked = 1, Backup = 2 };
Result<Standing> readStanding(sqlite::Connection& db);
Result<void> writeStanding(sqlite::Connection& db, Standing standing);

class Mark final {
 public:
    // Judges the database by its mark, makes the mark of a new one. Config, with what to do: it is a backup, an older
    // database or another one, or its mark is gone. Io, Store.
    static Result<Mark> open(sqlite::Connection& db, const std::string& databasePath);
    // Makes the mark anew, durable, whatever stood there: for a database that is the right one from now on.
    static Result<void> replace(const std::string& databasePath, const ca::audit::Head& head);
    // nullopt: there is none. Config: it is damaged.
    static Result<std::optional<ca::audit::Head>> read(const std::string& databasePath);

    ~Mark();  // synced
    Mark(Mark&& other) noexcept;
    Mark& operator=(Mark&&) = delete;

    // After a commit, on the writer's thread. What fails is logged: the mark then lags.
    void follow(sqlite::Connection& db);

 private:
    Mark(int descriptor, ca::audit::Head head) : m_descriptor(descriptor), m_head(std::move(head)) {}
    int m_descriptor;
    int m_slot = 0;
    ca::audit::Head m_head;
};

}  // namespace mailca::store
