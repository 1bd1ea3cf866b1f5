#include "store/mark.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <utility>

#include "ca/new_file.h"
#include "core/crypto/hash.h"
#include "core/log.h"
#include "store/audit_trail.h"

namespace mailca::store {
namespace {

using ca::audit::Head;

constexpr std::size_t kSlot = 512;  // what disks write whole
constexpr std::size_t kCheckDigits = 16;
constexpr std::string_view kGoOn =
    "; put the right database back, or run `mailca-admin restore` with the exported audit log";

std::string pathOf(const std::string& databasePath) {
    return databasePath + ".mark";
}

std::string checkOf(std::string_view text) {
    return toHex(crypto::sha256(asBytes(text))).substr(0, kCheckDigits);
}

std::string slotOf(const Head& head) {
    const std::string text = std::to_string(head.nr) + " " + toHex(head.sha256) + " ";
    std::string slot = text + checkOf(text) + "\n";
    slot.resize(kSlot, '\n');
    return slot;
}

std::optional<Head> readSlot(std::string_view slot) {
    slot = slot.substr(0, slot.find('\n'));
    if (slot.size() <= kCheckDigits) return std::nullopt;
    const std::string_view text = slot.substr(0, slot.size() - kCheckDigits);
    if (checkOf(text) != slot.substr(text.size())) return std::nullopt;
    Head head;
    const char* end = text.data() + text.size();
    const auto [behind, error] = std::from_chars(text.data(), end, head.nr);
    if (error != std::errc{} || behind == end) return std::nullopt;
    const std::string_view hex(behind + 1, static_cast<std::size_t>(end - behind - 2));
    auto sha256 = fromHex(hex);
    if (!sha256) return std::nullopt;
    head.sha256 = *std::move(sha256);
    return head;
}

Error refused(const std::string& why) {
    return fail(ErrorKind::Config, why + std::string(kGoOn));
}

// Whether the database is the one that the mark was written for.
Result<void> judge(sqlite::Connection& db, const Head& mark) {
    if (mark.nr == 0) return {};
    TRY(const Head head, readHead(db));
    TRY(const auto marked, db.first("SELECT sha256 FROM audit WHERE nr = ?1", {mark.nr},
                                    [](const sqlite::Row& row) { return row.bytes(0); }));
    if (marked == mark.sha256) return {};
    if (marked)
        return refused("its audit log is not the one that was written here: row " + std::to_string(mark.nr) +
                       " differs");
    return refused("this is an older database: its audit log ends at row " + std::to_string(head.nr) + ", row " +
                   std::to_string(mark.nr) +
                   " was written here already. Served as it is, it would lack certificates and revocations");
}

}  // namespace

Result<Standing> readStanding(sqlite::Connection& db) {
    TRY(const auto state,
        db.first("SELECT state FROM standing", {}, [](const sqlite::Row& row) { return row.number(0); }));
    return static_cast<Standing>(state.value_or(0));
}

Result<void> writeStanding(sqlite::Connection& db, Standing standing) {
    TRY_VOID(db.run("UPDATE standing SET state = ?1", {static_cast<int>(standing)}));
    return {};
}

Result<std::optional<Head>> Mark::read(const std::string& databasePath) {
    using Found = std::optional<Head>;
    const std::string path = pathOf(databasePath);
    if (::access(path.c_str(), F_OK) != 0) return Found();
    TRY(const Bytes content, ca::readWholeFile(path));
    const std::string_view text = asText(content);
    Found newest;
    for (std::size_t at = 0; at < text.size(); at += kSlot) {
        const auto head = readSlot(text.substr(at, kSlot));
        if (head && (!newest || head->nr > newest->nr)) newest = head;
    }
    if (!newest) return refused(path + ": is damaged");
    return newest;
}

// Beside the name first: a mark is whole or not there.
Result<void> Mark::replace(const std::string& databasePath, const Head& head) {
    const std::string path = pathOf(databasePath), fresh = path + ".new";
    ::unlink(fresh.c_str());
    TRY_VOID(ca::writeNewFile(fresh, asBytes(slotOf(head) + slotOf(head)), ca::FileMode::Private));
    if (std::rename(fresh.c_str(), path.c_str()) != 0) return fail(ErrorKind::Io, path + ": cannot be written");
    return ca::syncFolderOf(path);
}

Result<Mark> Mark::open(sqlite::Connection& db, const std::string& databasePath) {
    TRY(const Standing standing, readStanding(db));
    if (standing == Standing::Backup) {
        return fail(ErrorKind::Config, "this is a backup; run `mailca-admin restore` with the exported audit log");
    }
    TRY(auto head, read(databasePath));
    if (!head && standing == Standing::Marked) {
        return refused(
            "its mark " + pathOf(databasePath) +
            " is gone: nobody can tell whether this is the newest database. When it was moved, move its mark too");
    }
    if (head) TRY_VOID(judge(db, *head));
    if (!head) TRY_VOID(replace(databasePath, *(head = Head{})));
    // The mark is durable before the database relies on it.
    if (standing == Standing::New) TRY_VOID(writeStanding(db, Standing::Marked));
    const int descriptor = ::open(pathOf(databasePath).c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return fail(ErrorKind::Io, pathOf(databasePath) + ": cannot be written");
    Mark mark(descriptor, *std::move(head));
    mark.follow(db);
    return mark;
}

Mark::~Mark() {
    if (m_descriptor < 0) return;
    (void)::fsync(m_descriptor);  // lags otherwise
    ::close(m_descriptor);
}

Mark::Mark(Mark&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1)), m_slot(other.m_slot), m_head(std::move(other.m_head)) {}

void Mark::follow(sqlite::Connection& db) {
    auto head = readHead(db);
    if (head && *head == m_head) return;
    if (head) {
        const std::string slot = slotOf(*head);
        const auto offset = static_cast<off_t>(kSlot) * m_slot;
        if (::pwrite(m_descriptor, slot.data(), slot.size(), offset) == static_cast<ssize_t>(slot.size())) {
            m_slot = 1 - m_slot;
            m_head = *std::move(head);
            return;
        }
    }
    log::error("store.mark_not_written", {{"why", head ? std::strerror(errno) : head.error().detail.c_str()}});
}

}  // namespace mailca::store
