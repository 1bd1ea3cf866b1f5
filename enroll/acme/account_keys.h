// The keys of accounts as numbers: to make one of its stored JWK takes as long as half a signature's verification, and
// every request of an account needs it.
#pragma once

#include "core/crypto/key.h"
#include "core/recent.h"
#include "enroll/ra/types.h"

namespace mailca::acme {

// Thread-safe. Holds the keys used last, kMost / 2 of them for certain (some 6 KB each); a JWK stands for one key only,
// so that nothing here can grow old.
class AccountKeys final {
 public:
    static constexpr std::size_t kMost = 2048;

    Result<crypto::PublicKey> of(const ra::Account& account);
    std::size_t size() const { return m_keys.size(); }  // keys held

 private:
    Recent<const crypto::PublicKey> m_keys{kMost};  // by JWK
};

}  // namespace mailca::acme
