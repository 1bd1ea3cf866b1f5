#include "store/readers.h"

#include <utility>

namespace mailca::store {

Readers::Loan::~Loan() {
    if (m_owner == nullptr) return;
    if (m_owner->m_reading == Reading::Snapshot) (void)m_connection.run("COMMIT");  // only ends the snapshot
    m_owner->giveBack(std::move(m_connection));
}

Result<Readers::Loan> Readers::borrow() {
    TRY(sqlite::Connection connection, take());
    Loan loan(*this, std::move(connection));
    if (m_reading == Reading::Snapshot) TRY_VOID(loan.connection().run("BEGIN"));
    return loan;
}

Result<sqlite::Connection> Readers::take() {
    {
        std::unique_lock lock(m_mutex);
        m_returned.wait(lock, [&] { return !m_free.empty() || m_unopened > 0; });
        if (!m_free.empty()) {
            sqlite::Connection connection = std::move(m_free.back());
            m_free.pop_back();
            return connection;
        }
        --m_unopened;
    }
    auto opened = open();
    if (!opened) {
        const std::lock_guard lock(m_mutex);
        ++m_unopened;
        m_returned.notify_one();
    }
    return opened;
}

Result<sqlite::Connection> Readers::open() const {
    TRY(sqlite::Connection connection, sqlite::Connection::open(m_path, sqlite::Access::ReadOnly));
    // 2 GiB less a page is the most that SQLite maps; what lies behind is copied.
    if (m_reading == Reading::OneStatement) TRY_VOID(connection.script("PRAGMA mmap_size=2147418112"));
    return connection;
}

void Readers::giveBack(sqlite::Connection connection) {
    const std::lock_guard lock(m_mutex);
    m_free.push_back(std::move(connection));
    m_returned.notify_one();
}

}  // namespace mailca::store
