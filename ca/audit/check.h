// Walks down an audit log and tells the first row that is not what was written.
#pragma once

#include <map>
#include <optional>

#include "ca/audit/log.h"

namespace mailca::ca::audit {

class Check final {
 public:
    // `start`: the head below the first row that will come; unset: the first row is believed, because what lies before
    // it is not at hand. Without a key, signatures are not looked at, only what they are about.
    explicit Check(std::optional<Head> start, std::optional<crypto::PublicKey> key = {})
        : m_head(std::move(start)), m_key(std::move(key)) {}

    // Crypto, with the row's number and what is wrong with it. Rows after a wrong one cannot be judged.
    Result<void> next(const Entry& entry);

    // Of the rows so far; nothing before the first.
    const std::optional<Head>& head() const { return m_head; }
    // The last row that a signed head covers; 0: none.
    std::int64_t signedUpTo() const { return m_signedUpTo; }
    std::int64_t signatures() const { return m_signatures; }

 private:
    Result<void> checkSigned(const Row& row);

    std::optional<Head> m_head;
    std::optional<crypto::PublicKey> m_key;
    std::map<std::int64_t, Bytes> m_unsigned;  // hashes of the rows that a signed head may yet come for
    std::int64_t m_first = 0;
    std::int64_t m_signedUpTo = 0;
    std::int64_t m_signatures = 0;
};

}  // namespace mailca::ca::audit
