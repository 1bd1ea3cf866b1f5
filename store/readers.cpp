#include "store/readers.h"

#include <utility>

namespace mailca::store {

Readers::Loan::~Loan() {
    if (m_owner != nullptr) m_owner->giveBack(std::move(m_reader));
}

Result<Readers::Loan> Readers::borrow() {
    const std::uint64_t renewals = m_renewals.load();  // before the snapshot begins, which may be newer than it says
    TRY(Reader reader, take());
    if (reader.renewals && *reader.renewals != renewals) endSnapshot(reader);
    const bool kept = reader.renewals.has_value();
    if (!kept) reader.renewals = renewals;
    Loan loan(*this, std::move(reader));
    if (!kept) TRY_VOID(loan.connection().run("BEGIN"));
    return loan;
}

void Readers::renew() {
    const std::lock_guard lock(m_mutex);
    ++m_renewals;
    for (Reader& reader : m_free) endSnapshot(reader);
}

void Readers::close() {
    const std::lock_guard lock(m_mutex);
    m_free.clear();
}

void Readers::endSnapshot(Reader& reader) {
    if (reader.connection.inTransaction()) (void)reader.connection.run("COMMIT");
    reader.renewals.reset();
}

Result<Readers::Reader> Readers::take() {
    {
        std::unique_lock lock(m_mutex);
        m_returned.wait(lock, [&] { return !m_free.empty() || m_unopened > 0; });
        if (!m_free.empty()) {
            Reader reader = std::move(m_free.back());
            m_free.pop_back();
            return reader;
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

Result<Readers::Reader> Readers::open() const {
    TRY(sqlite::Connection connection, sqlite::Connection::open(m_path, sqlite::Access::ReadOnly));
    // 2 GiB less a page is the most that SQLite maps; what lies behind is copied.
    if (m_pages == Pages::Mapped) TRY_VOID(connection.script("PRAGMA mmap_size=2147418112"));
    return Reader{std::move(connection), std::nullopt};
}

void Readers::giveBack(Reader reader) {
    const std::lock_guard lock(m_mutex);
    if (reader.renewals && *reader.renewals != m_renewals.load()) endSnapshot(reader);
    m_free.push_back(std::move(reader));
    m_returned.notify_one();
}

}  // namespace mailca::store
