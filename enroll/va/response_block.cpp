// The response block of a reply's text (RFC 8823 section 3.2, standards A11, A43, A45).
#include "enroll/va/email_reply.h"

namespace mailca::va {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ACME RESPONSE-----";
constexpr std::string_view kEnd = "-----END ACME RESPONSE-----";
constexpr std::string_view kBlanks = " \t\r\n\v\f";
constexpr std::string_view kNoBreakSpace = "\xC2\xA0";  // U+00A0: editors of HTML mail write it for a blank
constexpr std::size_t kDigestBytes = 32;

Error bad(std::string why) {
    return fail(ErrorKind::IncorrectResponse, std::move(why));
}

std::string_view trimmed(std::string_view line) {
    const std::size_t first = line.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) return {};
    return line.substr(first, line.find_last_not_of(kBlanks) - first + 1);
}

void dropBlanks(std::string& text) {
    for (std::size_t at = text.find(kNoBreakSpace); at != std::string::npos; at = text.find(kNoBreakSpace, at)) {
        text.erase(at, kNoBreakSpace.size());
    }
    std::erase_if(text, [](char c) { return kBlanks.find(c) != std::string_view::npos; });
}

// A line that quotes another mail: ">", perhaps several, before the mark.
bool quotesBegin(std::string_view line) {
    return line.starts_with('>') && line.find(kBegin) != std::string_view::npos;
}

struct Block {
    int begins = 0;
    bool quoted = false;
    bool ended = false;
    std::string data;
};

Block readBlock(std::string_view text) {
    Block block;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        const std::string_view line = trimmed(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
        if (line == kBegin) {
            ++block.begins;
        } else if (block.begins == 0) {
            block.quoted = block.quoted || quotesBegin(line);
        } else if (line == kEnd) {
            block.ended = true;
        } else if (!block.ended) {
            block.data.append(line);
        }
    }
    return block;
}

}  // namespace

Result<std::string> responseOf(std::string_view plainText) {
    Block block = readBlock(plainText);
    if (block.begins == 0 && block.quoted) return bad("the response block is quoted from another mail");
    if (block.begins == 0) return bad("the text holds no line " + std::string(kBegin));
    if (block.begins > 1) return bad("the text holds more than one response block");
    if (!block.ended) return bad("the response block has no line " + std::string(kEnd));
    dropBlanks(block.data);
    if (block.data.ends_with('=')) block.data.pop_back();  // the RFC's own examples are padded (A11)
    const auto digest = fromBase64Url(block.data);
    if (!digest) return bad("the response block is not base64url");
    if (digest->size() != kDigestBytes) return bad("the response block does not hold a SHA-256 digest");
    return block.data;
}

}  // namespace mailca::va
