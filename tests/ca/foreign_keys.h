// Public keys of known weakness that others made: tests/data/keys.
#pragma once

#include <string>

#include "core/crypto/key.h"
#include "tests/ca/support.h"

namespace mailca::test {

inline crypto::PublicKey foreignKey(const std::string& name) {
    const std::string pem = readFile(dataFile("keys/" + name + ".pem"));
    std::string body = pem.substr(pem.find('\n') + 1, pem.find("-----END") - pem.find('\n') - 1);
    std::erase(body, '\n');
    return must(crypto::PublicKey::fromSpki(fromBase64(body).value()));
}

}  // namespace mailca::test
