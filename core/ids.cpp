#include "core/ids.h"

#include <algorithm>

namespace mailca {

Serial Serial::random(Random& random) {
    Bytes octets = random.bytes(20);
    octets[0] = static_cast<std::uint8_t>(octets[0] & 0x7F);
    if (octets[0] == 0) octets[0] = 1;
    return Serial(std::move(octets));
}

Result<Serial> Serial::fromBytes(ByteView octets) {
    const auto first = std::find_if(octets.begin(), octets.end(), [](std::uint8_t octet) { return octet != 0; });
    Bytes value(first, octets.end());
    if (value.empty() || value.size() > 20 || (value.size() == 20 && value[0] > 0x7F)) {
        return fail(ErrorKind::Parse, "not a serial number: it must be positive and below 2^159");
    }
    return Serial(std::move(value));
}

Result<Serial> Serial::fromHex(std::string_view hex) {
    std::string digits(hex);
    std::erase(digits, ':');
    if (digits.size() % 2 == 1) digits.insert(digits.begin(), '0');
    TRY(const Bytes octets, mailca::fromHex(digits));
    return fromBytes(octets);
}

}  // namespace mailca
