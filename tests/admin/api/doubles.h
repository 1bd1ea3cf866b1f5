// The ports of the operators' API for tests: a call that a test did not expect fails it.
#pragma once

#include <gtest/gtest.h>

#include "enroll/ra/ports.h"

namespace mailca::test {

// Remembers what was blocked; every key has the certificates that a test put there.
class MemoryBlockedKeys final : public ra::BlockedKeyBook {
 public:
    std::vector<ra::BlockedKey> keys;
    std::vector<ra::CertificateRecord> certificates;

    Result<ra::KeyBlocked> block(const ra::KeyBlock& block) override {
        for (const ra::BlockedKey& key : keys) {
            if (key.spkiSha256 == block.spkiSha256) return ra::KeyBlocked{false, certificates};
        }
        keys.push_back({block.spkiSha256, block.at, block.comment, std::nullopt});
        return ra::KeyBlocked{true, certificates};
    }
    Result<std::vector<ra::BlockedKey>> list() override { return keys; }
};

}  // namespace mailca::test
