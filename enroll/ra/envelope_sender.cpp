#include "enroll/ra/envelope_sender.h"

#include <algorithm>

namespace mailca::ra {
namespace {

constexpr std::size_t kFoundBy = 8;
constexpr std::size_t kUnguessable = 16;

}  // namespace

Result<EmailAddress> envelopeSender(const EmailAddress& from, const Bytes& part1Sha256, Random& random) {
    Bytes tag(kFoundBy + kUnguessable);
    random.fill(tag);
    std::copy_n(part1Sha256.begin(), kFoundBy, tag.begin());
    return EmailAddress::parse(from.local() + "+" + toBase64Url(tag) + "@" + from.domain());
}

std::optional<Bytes> rowOfEnvelopeSender(const EmailAddress& address) {
    const std::size_t plus = address.local().find('+');
    if (plus == std::string::npos) return std::nullopt;
    auto tag = fromBase64Url(address.local().substr(plus + 1));
    if (!tag || tag->size() != kFoundBy + kUnguessable) return std::nullopt;
    tag->resize(kFoundBy);
    return std::move(*tag);
}

}  // namespace mailca::ra
