// Read-only connections, lent to one thread at a time. Readers neither wait for the writer nor hold it up (WAL). A loan
// is one snapshot: the connection's last one while nothing was committed since, which spares the locks that beginning
// and ending one take, and the pages that were read.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "store/sqlite/connection.h"

namespace mailca::store {

// Copied: pages are copied into a small cache of each connection: the daemon's memory is bounded. Mapped: pages are
// read where the kernel has them: no copy and no call, however large the database is and wherever in it one reads; what
// is mapped counts as the process's, though it is the kernel's cache of the file, the same for all connections. A disk
// that cannot be read ends the process then (SIGBUS), as one that cannot be synced does.
enum class Pages : std::uint8_t { Copied, Mapped };

class Readers final {
 public:
    Readers(std::string path, int atMost, Pages pages) : m_path(std::move(path)), m_pages(pages), m_unopened(atMost) {}

    struct Reader {
        sqlite::Connection connection;
        std::optional<std::uint64_t> renewals;  // of the time when its open snapshot began
    };
    // A connection, given back when the loan ends.
    class Loan final {
     public:
        Loan(Readers& owner, Reader reader) : m_owner(&owner), m_reader(std::move(reader)) {}
        ~Loan();
        Loan(Loan&& other) noexcept : m_owner(other.m_owner), m_reader(std::move(other.m_reader)) {
            other.m_owner = nullptr;
        }
        Loan& operator=(Loan&&) = delete;
        sqlite::Connection& connection() { return m_reader.connection; }

     private:
        Readers* m_owner;
        Reader m_reader;
    };
    // Waits while all connections are lent. Thread-safe.
    Result<Loan> borrow();
    // No loan from now on sees an older snapshot than one begun now, and none that is kept holds up the log: called
    // when something was committed, before anybody hears of it, and when the log was copied into the database.
    // Thread-safe.
    void renew();
    // Closes those that are not lent.
    void close();

 private:
    Result<Reader> take();
    Result<Reader> open() const;
    void giveBack(Reader reader);
    static void endSnapshot(Reader& reader);

    const std::string m_path;
    const Pages m_pages;
    std::atomic<std::uint64_t> m_renewals{0};
    std::mutex m_mutex;  // guards what follows
    std::condition_variable m_returned;
    std::vector<Reader> m_free;
    int m_unopened;
};

}  // namespace mailca::store
