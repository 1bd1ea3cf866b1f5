#include "ca/audit/check.h"

namespace mailca::ca::audit {
namespace {

Error broken(std::int64_t nr, const std::string& why) {
    return fail(ErrorKind::Crypto, "row " + std::to_string(nr) + ": " + why);
}

}  // namespace

Result<void> Check::next(const Entry& entry) {
    const Row& row = entry.row;
    if (m_head && row.nr != m_head->nr + 1) {
        return broken(m_head->nr + 1,
                      "is missing or out of its order; row " + std::to_string(row.nr) + " stands in its place");
    }
    if (m_head && chained(m_head->sha256, row) != entry.sha256) {
        return broken(row.nr, row.act + " of " + toRfc3339(row.at) +
                                  " is not what was written, or follows a row that was not there then");
    }
    if (m_first == 0) m_first = row.nr;
    if (row.act == kHeadSigned) TRY_VOID(checkSigned(row));
    m_head = Head{row.nr, entry.sha256};
    m_unsigned.emplace(row.nr, entry.sha256);
    return {};
}

Result<void> Check::checkSigned(const Row& row) {
    TRY(const json::Value detail, json::parse(row.detail));
    const auto nr = detail.integer("nr");
    const auto sha256 = fromHex(detail.string("sha256").value_or(""));
    const auto signature = fromBase64Url(detail.string("signature").value_or(""));
    if (!nr || !sha256 || !signature) return broken(row.nr, "is no signed head");
    if (m_key && !m_key->verify(crypto::SignatureAlgorithm::EcdsaSha256, asBytes(statementOf({*nr, *sha256}, row.at)),
                                *signature)) {
        return broken(row.nr, "its signature is not that of the audit key");
    }
    if (*nr < m_first) {  // about rows that are not at hand
        if (*nr >= row.nr) return broken(row.nr, "signs a row that comes later");
    } else if (const auto covered = m_unsigned.find(*nr); covered == m_unsigned.end() || covered->second != *sha256) {
        return broken(*nr, "is not the row that was signed at row " + std::to_string(row.nr));
    }
    m_unsigned.erase(m_unsigned.begin(), m_unsigned.lower_bound(*nr));
    m_signedUpTo = *nr;
    ++m_signatures;
    return {};
}

}  // namespace mailca::ca::audit
