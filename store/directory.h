// The exchange's entries on the database: what the port reads, and what issuing and revoking write into it.
#pragma once

#include <map>
#include <mutex>

#include "exchange/directory/port.h"
#include "store/database.h"

namespace mailca::store {

class Directory final : public exchange::Directory {
 public:
    explicit Directory(Database& database) : m_database(database) {}

    Result<std::vector<exchange::Entry>> lookup(const EmailAddress& mailbox, const std::vector<exchange::Role>& roles,
                                                Time at) override;

 private:
    Result<const Bytes*> model(std::int64_t nr);

    Database& m_database;
    std::mutex m_mutex;
    std::map<std::int64_t, Bytes> m_models;  // those that were asked for: never changed, never deleted, few
};

// As held_until: its mailbox was not told of it yet. 9999-12-31T23:59:59Z.
inline constexpr std::int64_t kUntilTold = 253402300799;

// Inside the transaction that records the certificate (a row number), or that revokes it: the entry and its feed row.
// A held entry is nobody's to see, and in no feed.
enum class Publishing : std::uint8_t { Now, Held };
Result<void> publish(sqlite::Connection& db, const exchange::Publication& publication, std::int64_t certificate,
                     Time at, Publishing when);
Result<void> show(sqlite::Connection& db, std::int64_t mailbox, std::int64_t certificate, Time at);  // a held one
Result<void> withdraw(sqlite::Connection& db, std::int64_t certificate, Time at);

}  // namespace mailca::store
