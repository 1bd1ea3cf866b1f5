#include "ca/audit/log.h"

#include "core/crypto/hash.h"

namespace mailca::ca::audit {
namespace {

std::string quoted(std::string_view text) {
    return json::Value(text).dump();
}

// The line without its last member and the brace behind it.
std::string beginningOf(const Row& row) {
    return R"({"nr":)" + std::to_string(row.nr) + R"(,"at":")" + toRfc3339(row.at) + R"(","actor":)" +
           quoted(row.actor) + R"(,"act":)" + quoted(row.act) + R"(,"subject":)" + quoted(row.subject) +
           R"(,"detail":)" + row.detail;
}

Error noLine(const std::string& why) {
    return fail(ErrorKind::Parse, "no line of an audit log: " + why);
}

}  // namespace

Bytes chained(ByteView previous, const Row& row) {
    const std::string text = beginningOf(row) + "}";
    Bytes octets(previous.begin(), previous.end());
    octets.insert(octets.end(), text.begin(), text.end());
    return crypto::sha256(octets);
}

std::string lineOf(const Entry& entry) {
    return beginningOf(entry.row) + R"(,"sha256":")" + toHex(entry.sha256) + "\"}";
}

Result<Entry> parseLine(std::string_view line) {
    TRY(const json::Value value, json::parse(line));
    const auto number = value.integer("nr");
    const auto at = value.string("at"), actor = value.string("actor"), act = value.string("act"),
               subject = value.string("subject"), sha256 = value.string("sha256");
    const json::Value* detail = value.find("detail");
    const bool whole = number && at && actor && act && subject && sha256 && detail != nullptr;
    if (!whole || detail->asObject() == nullptr) return noLine("a member is missing or of another type");
    TRY(const Time time, parseRfc3339(*at));
    TRY(Bytes hash, fromHex(*sha256));
    Entry entry{{*number, time, *actor, *act, *subject, detail->dump()}, std::move(hash)};
    if (entry.sha256.size() != Head{}.sha256.size()) return noLine("its hash is not one of SHA-256");
    if (lineOf(entry) != line) return noLine("it was written anew; what counts is every octet");
    return entry;
}

std::string statementOf(const Head& head, Time at) {
    return "mailca audit head 1\n" + std::to_string(head.nr) + "\n" + toHex(head.sha256) + "\n" + toRfc3339(at) + "\n";
}

json::Value signedDetail(const Head& head, ByteView signature) {
    return json::object({{"nr", head.nr}, {"sha256", toHex(head.sha256)}, {"signature", toBase64Url(signature)}});
}

}  // namespace mailca::ca::audit
