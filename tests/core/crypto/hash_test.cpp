#include "core/crypto/hash.h"

#include <gtest/gtest.h>

namespace mailca::crypto {
namespace {

TEST(Hash, FollowsFips180) {  // the examples of NIST for "abc" and the empty message
    EXPECT_EQ(toHex(sha256(asBytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(toHex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(toHex(sha1(asBytes("abc"))), "a9993e364706816aba3e25717850c26c9cd0d89d");
}

}  // namespace
}  // namespace mailca::crypto
