// Read-only connections, lent to one thread at a time. Readers neither wait for the writer nor hold it up (WAL).
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "store/sqlite/connection.h"

namespace mailca::store {

class Readers final {
 public:
    Readers(std::string path, int atMost) : m_path(std::move(path)), m_unopened(atMost) {}

    // A connection inside one snapshot, given back when the loan ends.
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
    void giveBack(sqlite::Connection connection);

    const std::string m_path;
    std::mutex m_mutex;  // guards what follows
    std::condition_variable m_returned;
    std::vector<sqlite::Connection> m_free;
    int m_unopened;
};

}  // namespace mailca::store
