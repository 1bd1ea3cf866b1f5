#include "dns/rdata.h"

#include <algorithm>

namespace mailca::dns {

Result<std::string> parseTxt(ByteView rdata) {
    if (rdata.empty()) return fail(ErrorKind::Parse, "a TXT record without a character-string");
    std::string text;
    while (!rdata.empty()) {
        const std::size_t length = rdata.front();
        rdata = rdata.subspan(1);
        if (length > rdata.size()) return fail(ErrorKind::Parse, "a TXT record is cut off");
        text += asText(rdata.first(length));
        rdata = rdata.subspan(length);
    }
    return text;
}

Result<CaaRecord> parseCaa(ByteView rdata) {
    if (rdata.size() < 2) return fail(ErrorKind::Parse, "a CAA record is cut off");
    const std::size_t length = rdata[1];
    const ByteView rest = rdata.subspan(2);
    if (length == 0) return fail(ErrorKind::Parse, "a CAA record without a tag");
    if (length > rest.size()) return fail(ErrorKind::Parse, "a CAA record is cut off");
    CaaRecord record;
    record.flags = rdata[0];
    for (const char c : asText(rest.first(length))) {
        const bool upper = c >= 'A' && c <= 'Z';
        if (!upper && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) {
            return fail(ErrorKind::Parse, "a CAA record's tag is not of letters and digits");
        }
        record.tag += upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
    record.value = asText(rest.subspan(length));
    return record;
}

}  // namespace mailca::dns
