#include "store/packing.h"

#include <gtest/gtest.h>

#include "core/x509/certificate.h"
#include "tests/support/files.h"
#include "tests/support/mutate.h"
#include "tests/support/sequence_random.h"

namespace mailca::store {
namespace {

Bytes derOf(const std::string& name) {
    return x509::Certificate::fromPem(test::readFile(test::dataFile("x509/" + name))).value().der();
}

TEST(Packing, GivesBackEveryOctet) {
    const Bytes model = derOf("alice.pem");
    test::SequenceRandom random(1);
    const Bytes cases[] = {model, derOf("bob.pem"), derOf("root.pem"), {0x30}, Bytes(20'000, 7), random.bytes(20'000)};
    for (const Bytes& der : cases) EXPECT_EQ(unpack(pack(der, model), model), der) << der.size();
}

TEST(Packing, LeavesLittleOfWhatTheModelHas) {
    const Bytes alice = derOf("alice.pem");
    EXPECT_LT(pack(alice, alice).size(), 20u);
    EXPECT_LT(pack(derOf("bob.pem"), alice).size(), derOf("bob.pem").size() * 2 / 3);
}

TEST(Packing, NoticesWhatItDidNotPack) {
    const Bytes alice = derOf("alice.pem");
    const Bytes packed = pack(derOf("bob.pem"), alice);
    for (std::size_t size = 0; size < packed.size(); ++size) {
        EXPECT_THROW(unpack(ByteView(packed).first(size), alice), std::runtime_error) << size;
    }
    EXPECT_THROW(unpack(packed, ByteView(alice).first(50)), std::runtime_error);
    EXPECT_THROW(pack(Bytes(65'536, 0), alice), std::runtime_error);
}

TEST(Packing, SurvivesDamage) {
    const Bytes alice = derOf("alice.pem");
    const Bytes packed = pack(derOf("bob.pem"), alice);
    test::mutate(packed, 3000, [&](ByteView bent) {
        try {
            EXPECT_LE(unpack(bent, alice).size(), 65'535u);
        } catch (const std::runtime_error&) {  // noticed: as good
        }
    });
}

TEST(Packing, KeepsAccountKeys) {
    const std::string x(43, 'x'), y(43, 'y');
    for (const std::string& jwk : {R"({"crv":"P-256","kty":"EC","x":")" + x + R"(","y":")" + y + R"("})",
                                   std::string(R"({"e":"AQAB","kty":"RSA","n":"abc"})"), std::string("{}")}) {
        EXPECT_EQ(unpackJwk(packJwk(jwk)), jwk);
    }
}

}  // namespace
}  // namespace mailca::store
