// The keys of accounts as numbers: to make one of its stored JWK takes as long as half a signature's verification, and
// every request of an account needs it.
#pragma once

#include <mutex>
#include <string>
#include <unordered_map>

#include "core/crypto/key.h"
#include "enroll/ra/types.h"

namespace mailca::acme {

// Thread-safe. Holds the keys lately asked for, twice kGeneration at most (some 6 KB each); a JWK stands for one key
// only, so that nothing here can grow old.
class AccountKeys final {
 public:
    static constexpr std::size_t kGeneration = 512;

    Result<crypto::PublicKey> of(const ra::Account& account);
    std::size_t size();  // keys held

 private:
    using Keys = std::unordered_map<std::string, crypto::PublicKey>;  // by JWK

    std::mutex m_mutex;   // guards what follows
    Keys m_young, m_old;  // a full young generation becomes the old one
};

}  // namespace mailca::acme
