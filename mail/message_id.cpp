#include "mail/message_id.h"

#include <algorithm>

#include "mail/message.h"

namespace mailca::mail {

namespace {

constexpr std::size_t kMaxMessageIdBytes = 250;

bool isIdCharacter(char c) {
    return c > ' ' && c < '\x7f' && c != '<' && c != '>';
}

}  // namespace

MessageId MessageId::random(Random& random, const EmailAddress& sender) {
    return MessageId("<" + random.token(24) + "@" + sender.domain() + ">");
}

Result<MessageId> MessageId::parse(std::string_view text) {
    const std::string id = unfold(text);
    const bool framed = id.size() >= 5 && id.size() <= kMaxMessageIdBytes && id.front() == '<' && id.back() == '>';
    if (!framed) return fail(ErrorKind::Parse, "not a Message-ID: it must be of the form <left@right>");
    const std::string_view inside = std::string_view(id).substr(1, id.size() - 2);
    const std::size_t at = inside.find('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == inside.size() ||
        !std::all_of(inside.begin(), inside.end(), isIdCharacter)) {
        return fail(ErrorKind::Parse, "not a Message-ID: it must be of the form <left@right> in printable ASCII");
    }
    return MessageId(id);
}

}  // namespace mailca::mail
