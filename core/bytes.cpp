#include "core/bytes.h"

#include <openssl/evp.h>
#include <sodium.h>

namespace mailca {
namespace {

std::string encode(ByteView bytes, int variant) {
    std::string out(sodium_base64_encoded_len(bytes.size(), variant), '\0');
    sodium_bin2base64(out.data(), out.size(), bytes.data(), bytes.size(), variant);
    out.pop_back();  // sodium writes a NUL
    return out;
}

Result<Bytes> decode(std::string_view text, int variant, const char* name) {
    Bytes out(text.size() / 4 * 3 + 3);
    std::size_t length = 0;
    if (sodium_base642bin(out.data(), out.size(), text.data(), text.size(), nullptr, &length, nullptr, variant) != 0) {
        return fail(ErrorKind::Parse, std::string("not valid ") + name);
    }
    out.resize(length);
    return out;
}

}  // namespace

std::string toBase64Url(ByteView bytes) {
    return encode(bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
Result<Bytes> fromBase64Url(std::string_view text) {
    return decode(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING, "base64url without padding");
}
// Of public things, certificates above all: OpenSSL's table is many times as fast as libsodium's constant time.
std::string toBase64(ByteView bytes) {
    std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
    ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes.data(), static_cast<int>(bytes.size()));
    out.pop_back();  // it writes a NUL
    return out;
}
Result<Bytes> fromBase64(std::string_view text) {
    return decode(text, sodium_base64_VARIANT_ORIGINAL, "base64");
}

std::string toHex(ByteView bytes) {
    std::string out(bytes.size() * 2 + 1, '\0');
    sodium_bin2hex(out.data(), out.size(), bytes.data(), bytes.size());
    out.pop_back();
    return out;
}

Result<Bytes> fromHex(std::string_view text) {
    Bytes out(text.size() / 2 + 1);
    std::size_t length = 0;
    if (text.size() % 2 != 0 ||
        sodium_hex2bin(out.data(), out.size(), text.data(), text.size(), nullptr, &length, nullptr) != 0) {
        return fail(ErrorKind::Parse, "not valid hexadecimal");
    }
    out.resize(length);
    return out;
}

bool equalConstantTime(ByteView a, ByteView b) {
    return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace mailca
