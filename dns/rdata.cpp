#include "dns/rdata.h"

#include <algorithm>

#include "core/text.h"

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
    record.tag = toAsciiLower(asText(rest.first(length)));
    const auto isTagOctet = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
    if (!std::all_of(record.tag.begin(), record.tag.end(), isTagOctet)) {
        return fail(ErrorKind::Parse, "a CAA record's tag is not of letters and digits");
    }
    record.value = asText(rest.subspan(length));
    return record;
}

}  // namespace mailca::dns
