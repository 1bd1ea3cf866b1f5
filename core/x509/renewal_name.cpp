#include "core/x509/renewal_name.h"

namespace mailca::x509 {

std::string renewalName(ByteView authorityKeyId, const Serial& serial) {
    Bytes octets = serial.bytes();
    // As in the certificate: an octet 00 keeps a number positive whose first bit is set.
    if ((octets.front() & 0x80) != 0) octets.insert(octets.begin(), 0);
    return toBase64Url(authorityKeyId) + "." + toBase64Url(octets);
}

}  // namespace mailca::x509
