#include "store/rows.h"

#include "core/json/json.h"
#include "core/x509/certificate.h"
#include "store/packing.h"

namespace mailca::store {
namespace {

using sqlite::Row;

ra::Challenge readChallenge(const Row& row, int first) {
    const auto at = [first](int offset) { return first + offset; };
    const auto method = row.optionalNumber(at(7));
    return {.id = row.id<ChallengeId>(at(0)),
            .tokenPart2 = base64UrlOf(row, at(1)),
            .from = row.mailbox(at(2)),
            .thumbprint = base64UrlOf(row, at(3)),
            .mailReleasedAt = row.optionalTime(at(4)),
            .postedAt = row.optionalTime(at(5)),
            .provenAt = row.optionalTime(at(6)),
            .method = method ? std::optional(static_cast<ra::ValidationMethod>(*method)) : std::nullopt,
            .error = readError(row, at(8), at(9)),
            .endedAt = row.optionalTime(at(10))};
}

}  // namespace

std::string listText(const std::vector<std::string>& texts) {
    json::Array array;
    for (const std::string& text : texts) array.emplace_back(text);
    return json::Value(std::move(array)).dump();
}

std::vector<std::string> readList(const std::string& text) {
    const json::Value value = sqlite::loaded(json::parse(text));
    std::vector<std::string> texts;
    if (value.asArray() == nullptr) return texts;
    for (const json::Value& one : *value.asArray()) {
        if (one.asString() != nullptr) texts.push_back(*one.asString());
    }
    return texts;
}

Bytes octetsOf(std::string_view base64Url) {
    return sqlite::loaded(fromBase64Url(base64Url));
}

std::string base64UrlOf(const Row& row, int column) {
    return toBase64Url(row.view(column));
}

Result<std::int64_t> mailboxRow(sqlite::Connection& db, const EmailAddress& mailbox) {
    const std::string address = mailbox.text();
    TRY(const auto known, db.first("SELECT nr FROM mailboxes WHERE address = ?1", {address},
                                   [](const Row& row) { return row.integer(0); }));
    if (known) return *known;
    TRY_VOID(db.run("INSERT INTO mailboxes (address) VALUES (?1)", {address}));
    return db.lastRow();
}

std::string_view kindText(const Error& error) {
    return factsOf(error.kind).name;
}

std::optional<Error> readError(const Row& row, int kindColumn, int detailColumn) {
    if (row.isNull(kindColumn)) return std::nullopt;
    const std::string name = row.text(kindColumn);
    for (std::size_t index = 0; index < kErrorKindCount; ++index) {
        const auto kind = static_cast<ErrorKind>(index);
        if (factsOf(kind).name == name) return Error{kind, row.text(detailColumn)};
    }
    return Error{ErrorKind::ServerInternal, name + ": " + row.text(detailColumn)};  // a kind that is no more
}

Result<std::optional<ra::Authorization>> readAuthorization(sqlite::Connection& db, std::string_view where,
                                                           std::initializer_list<sqlite::Value> values) {
    static constexpr std::string_view kSelect =
        "SELECT a.id, s.id, a.identifier_type, coalesce(a.identifier_value, b.address), b.address, a.created_at, "
        "a.expires, "
        "a.deactivated_at,"
        " c.id, c.token_part2, f.address, c.thumbprint, c.mail_released_at, c.posted_at, c.proven_at, c.method,"
        " c.error_kind, c.error_detail, c.ended_at, a.valid_until"
        " FROM authorizations a JOIN challenges c ON c.nr = a.nr JOIN accounts s ON s.nr = a.account"
        " JOIN mailboxes b ON b.nr = a.mailbox JOIN mailboxes f ON f.nr = c.sender WHERE ";
    return db.first(std::string(kSelect).append(where), values, [](const Row& row) {
        return ra::Authorization{
            .id = row.id<AuthorizationId>(0),
            .account = row.id<AccountId>(1),
            .identifier = {static_cast<ra::IdentifierType>(row.number(2)), row.text(3), row.mailbox(4)},
            .createdAt = row.time(5),
            .expires = row.time(6),
            .deactivatedAt = row.optionalTime(7),
            .challenge = readChallenge(row, 8),
            .validUntil = row.optionalTime(19)};
    });
}

Result<std::vector<ra::CertificateRecord>> readCertificates(sqlite::Connection& db, std::string_view where,
                                                            std::initializer_list<sqlite::Value> values) {
    static constexpr std::string_view kSelect =
        "SELECT k.id, o.id, s.id, b.address, k.serial, k.issuer, m.profile, k.packed_der, m.der, k.not_before,"
        " k.not_after, k.revoked_at, k.reason"
        " FROM certificates k JOIN certificate_models m ON m.nr = k.model JOIN orders o ON o.nr = k.order_nr"
        " JOIN authorizations a ON a.nr = o.authorization JOIN mailboxes b ON b.nr = a.mailbox"
        " JOIN accounts s ON s.nr = o.account ";
    return db.all(std::string(kSelect).append(where), values, [](const Row& row) {
        const Bytes der = unpack(row.view(7), row.view(8));
        ra::CertificateState state = ra::Live{};
        if (!row.isNull(11)) state = ra::Revoked{row.time(11), row.optionalNumber(12)};
        return ra::CertificateRecord{.id = row.id<CertificateId>(0),
                                     .order = row.id<OrderId>(1),
                                     .account = row.id<AccountId>(2),
                                     .mailbox = row.mailbox(3),
                                     .serial = row.serial(4),
                                     .issuer = row.text(5),
                                     .profile = row.text(6),
                                     .der = der,
                                     .spkiSha256 = sqlite::loaded(x509::spkiSha256Of(der)),
                                     .notBefore = row.time(9),
                                     .notAfter = row.time(10),
                                     .state = state};
    });
}

Result<void> expectOne(const Result<int>& changed, std::string_view otherwise) {
    if (!changed) return changed.error();
    if (*changed != 1) return fail(ErrorKind::Conflict, std::string(otherwise));
    return {};
}

}  // namespace mailca::store
