// Read-only connections, lent to one thread at a time. Readers neither wait for the writer nor hold it up (WAL).
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "store/sqlite/connection.h"

namespace mailca::store {

// Snapshot: a loan is one snapshot, and pages are copied into a small cache of each connection: the daemon's memory is
// bounded. OneStatement: each statement is a snapshot of its own, and pages are read where the kernel has them: no copy
// and no call, however large the database is and wherever in it one reads; what is mapped counts as the process's,
// though it is the kernel's cache of the file, the same for all connections. A disk that cannot be read ends the
// process then (SIGBUS), as one that cannot be synced does.
enum class Reading : std::uint8_t { Snapshot, OneStatement };

class Readers final {
 public:
    Readers(std::string path, int atMost, Reading reading)
        : m_path(std::move(path)), m_reading(reading), m_unopened(atMost) {}

    // A connection, given back when the loan ends.
    class Loan final {
     public:
        Loan(Readers& owner, sqlite::Connection connection) : m_owner(&owner), m_connection(std::move(connection)) {}
        ~Loan();
        Loan(Loan&& other) noexcept : m_owner(other.m_owner), m_connection(std::move(other.m_connection)) {
            other.m_owner = nullptr;
        }
        Loan& operator=(Loan&&) = delete;
        sqlite::Connection& connection() { return m_connection; }

     private:
        Readers* m_owner;
        sqlite::Connection m_connection;
    };
    // Waits while all connections are lent. Thread-safe.
    Result<Loan> borrow();

 private:
    Result<sqlite::Connection> take();
    Result<sqlite::Connection> open() const;
    void giveBack(sqlite::Connection connection);

    const std::string m_path;
    const Reading m_reading;
    std::mutex m_mutex;  // guards what follows
    std::condition_variable m_returned;
    std::vector<sqlite::Connection> m_free;
    int m_unopened;
};

}  // namespace mailca::store
