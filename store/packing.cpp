#include "store/packing.h"

#include <zlib.h>

#include <stdexcept>

namespace mailca::store {
namespace {

// 4 KiB reach over a certificate and its model, and keep the state of a stream small.
constexpr int kWindowBits = -12;  // negative: raw, without header and checksum (SQLite's file has neither)
constexpr int kHashMemory = 5;
// More than any certificate of ours; the length stands in front of what is packed, in two octets.
constexpr std::size_t kMaxSize = 0xFFFF;

constexpr std::string_view kJwkModel =
    R"({"crv":"P-384","e":"AQAB","kty":"RSA","n":"{"crv":"P-256","kty":"EC","x":"","y":""})";

void must(int code, const char* what) {
    if (code < Z_OK)
        throw std::runtime_error(std::string("zlib is in trouble: a certificate or key cannot be ") + what);
}

void lend(z_stream& stream, ByteView in, Bytes& out, std::size_t from) {
    stream.next_in = const_cast<Bytef*>(in.data());  // zlib reads only
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = out.data() + from;
    stream.avail_out = static_cast<uInt>(out.size() - from);
}

// Streams are a thread's own and used again: their memory costs as much as the work on one certificate.
class Deflater final {
 public:
    Deflater() {
        must(::deflateInit2(&m_stream, Z_BEST_COMPRESSION, Z_DEFLATED, kWindowBits, kHashMemory, Z_DEFAULT_STRATEGY),
             "packed");
    }
    ~Deflater() { ::deflateEnd(&m_stream); }
    Deflater(const Deflater&) = delete;
    Deflater& operator=(const Deflater&) = delete;

    z_stream& start() {
        must(::deflateReset(&m_stream), "packed");
        return m_stream;
    }

 private:
    z_stream m_stream{};
};

class Inflater final {
 public:
    Inflater() { must(::inflateInit2(&m_stream, kWindowBits), "unpacked"); }
    ~Inflater() { ::inflateEnd(&m_stream); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    z_stream& start() {
        must(::inflateReset(&m_stream), "unpacked");
        return m_stream;
    }

 private:
    z_stream m_stream{};
};

}  // namespace

Bytes pack(ByteView der, ByteView model) {
    if (der.size() > kMaxSize) throw std::runtime_error("a certificate larger than 64 KiB cannot be stored");
    thread_local Deflater deflater;
    z_stream& stream = deflater.start();
    must(::deflateSetDictionary(&stream, model.data(), static_cast<uInt>(model.size())), "packed");
    Bytes out(der.size() + der.size() / 8 + 64);  // what cannot be made smaller grows by its blocks' headers
    out[0] = static_cast<std::uint8_t>(der.size() >> 8);
    out[1] = static_cast<std::uint8_t>(der.size());
    lend(stream, der, out, 2);
    if (::deflate(&stream, Z_FINISH) != Z_STREAM_END) throw std::runtime_error("a certificate or key cannot be packed");
    out.resize(out.size() - stream.avail_out);
    return out;
}

Bytes unpack(ByteView packed, ByteView model) {
    if (packed.size() < 2)
        throw std::runtime_error("a stored certificate or key cannot be unpacked: the database is damaged");
    Bytes out(static_cast<std::size_t>(packed[0] << 8 | packed[1]));
    thread_local Inflater inflater;
    z_stream& stream = inflater.start();
    must(::inflateSetDictionary(&stream, model.data(), static_cast<uInt>(model.size())), "unpacked");
    lend(stream, packed.subspan(2), out, 0);
    if (::inflate(&stream, Z_FINISH) != Z_STREAM_END || stream.avail_out != 0) {
        throw std::runtime_error("a stored certificate or key cannot be unpacked: the database is damaged");
    }
    return out;
}

Bytes packJwk(std::string_view jwk) {
    return pack(asBytes(jwk), asBytes(kJwkModel));
}

std::string unpackJwk(ByteView packed) {
    return std::string(asText(unpack(packed, asBytes(kJwkModel))));
}

}  // namespace mailca::store
