// External account binding (RFC 8555 section 7.3.4; standards B29): keys that an operator hands to whom he knows, and
// the proof in a new-account request that its sender holds one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/jose/jwk.h"
#include "core/random.h"
#include "core/secret.h"
#include "enroll/ra/ports.h"

namespace mailca::ra {

// What an entry of `allowed` lets pass: one address, or every address of one domain.
bool allows(const std::vector<std::string>& allowed, const EmailAddress& mailbox);  // an empty list: any

// Thread-safe.
class ExternalAccounts {
 public:
    // MAC keys are derived from `secret` and the key's id, never stored: a stolen database makes no account. Whoever
    // replaces the secret makes every key handed out worthless.
    ExternalAccounts(ExternalAccountBook& book, Secret secret, const Clock& clock, Random& random);

    struct Limits {
        std::string comment;
        std::vector<std::string> allowed;  // addresses and domains, as the operator wrote them
        std::optional<int> mostUses;
    };
    struct Made {
        ExternalKey key;
        Secret macKey;  // 64 octets: long enough for HS512 (RFC 7518 section 3.2). Shown now and never again
    };
    Result<Made> create(const Limits& limits);  // Malformed: an entry that is neither address nor domain
    Result<std::vector<ExternalKey>> list() const { return m_book.list(); }
    Result<void> revoke(const std::string& id);

    // `binding` as sent, `key` and `url` of the request around it. Malformed, BadSignatureAlgorithm; Unauthorized: no
    // live key of that id, or not its MAC.
    Result<ExternalAccount> verify(const json::Value& binding, const jose::Jwk& key, const std::string& url) const;

 private:
    std::string typeableId();
    Secret macKeyOf(const std::string& id) const;
    ExternalAccountBook& m_book;
    const Secret m_secret;
    const Clock& m_clock;
    Random& m_random;
};

}  // namespace mailca::ra
