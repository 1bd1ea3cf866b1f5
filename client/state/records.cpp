#include "client/state/records.h"

#include <algorithm>
#include <array>

#include "core/json/json.h"

namespace mailca::client {
namespace {

constexpr std::array<std::string_view, 3> kStateNames{"current", "retired", "revoked"};

Result<std::string> textMember(const json::Value& object, std::string_view key) {
    if (auto text = object.string(key)) return std::move(*text);
    return fail(ErrorKind::Parse, "\"" + std::string(key) + "\" is missing or no string");
}

Result<std::string> profileMember(const json::Value& object) {
    TRY(std::string profile, textMember(object, "profile"));
    if (!isProfileName(profile)) return fail(ErrorKind::Parse, "\"" + profile + "\" is no profile's name");
    return profile;
}

Result<Holding> parseHolding(const json::Value& value) {
    TRY(std::string profile, profileMember(value));
    TRY(const std::string keyText, textMember(value, "key"));
    TRY(KeyName key, KeyName::parse(keyText));
    TRY(const std::string stateText, textMember(value, "state"));
    const auto* state = std::ranges::find(kStateNames, stateText);
    if (state == kStateNames.end()) return fail(ErrorKind::Parse, "\"" + stateText + "\" is no state of a certificate");
    return Holding{std::move(profile), std::move(key), static_cast<HoldingState>(state - kStateNames.begin())};
}

}  // namespace

std::string_view nameOf(HoldingState state) {
    return kStateNames[static_cast<std::size_t>(state)];
}

bool isProfileName(std::string_view text) {
    return !text.empty() && text.size() <= 40 && text.front() != '-' && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

KeyName KeyName::random(std::string_view profile, Random& random) {
    return KeyName(std::string(profile) + "-" + toHex(random.bytes(4)));
}

Result<KeyName> KeyName::parse(std::string_view text) {
    if (!isProfileName(text.substr(0, text.rfind('-'))) || !isProfileName(text)) {
        return fail(ErrorKind::Parse, "\"" + std::string(text) + "\" is no key's name");
    }
    return KeyName(std::string(text));
}

std::string toText(const OrderRecord& record) {
    json::Value keys = json::object({});
    for (const auto& [profile, key] : record.keys) keys.set(profile, key.text());
    json::Array mails;
    for (const std::string& mail : record.handledMails) mails.emplace_back(mail);
    return json::object({{"profile", record.profile},
                         {"keyType", record.keyType},
                         {"started", toRfc3339(record.started)},
                         {"keys", keys},
                         {"order", record.url},
                         {"handledMails", mails},
                         {"replied", record.replied}})
               .dump() +
           "\n";
}

std::string toText(const MailboxRecord& record, const EmailAddress& mailbox) {
    json::Array holdings;
    for (const Holding& holding : record.holdings) {
        holdings.push_back(json::object(
            {{"profile", holding.profile}, {"key", holding.key.text()}, {"state", nameOf(holding.state)}}));
    }
    return json::object({{"mailbox", mailbox.text()},
                         {"profile", record.profile},
                         {"keyType", record.keyType},
                         {"certificates", holdings}})
               .dump() +
           "\n";
}

Result<OrderRecord> parseOrderRecord(std::string_view text) {
    TRY(const json::Value value, json::parse(text));
    OrderRecord record;
    TRY(record.profile, profileMember(value));
    TRY(record.keyType, textMember(value, "keyType"));
    TRY(const std::string started, textMember(value, "started"));
    TRY(record.started, parseRfc3339(started));
    TRY(record.url, textMember(value, "order"));
    const json::Value* keys = value.find("keys");
    const json::Array* mails = value.array("handledMails");
    const auto replied = value.boolean("replied");
    if (keys == nullptr || keys->asObject() == nullptr || mails == nullptr || !replied) {
        return fail(ErrorKind::Parse, "\"keys\", \"handledMails\" or \"replied\" is missing");
    }
    record.replied = *replied;
    for (const auto& [profile, name] : *keys->asObject()) {
        if (!isProfileName(profile) || name.asString() == nullptr) return fail(ErrorKind::Parse, "\"keys\" is wrong");
        TRY(KeyName key, KeyName::parse(*name.asString()));
        record.keys.emplace(profile, std::move(key));
    }
    for (const json::Value& mail : *mails) {
        if (mail.asString() == nullptr) return fail(ErrorKind::Parse, "\"handledMails\" is wrong");
        record.handledMails.push_back(*mail.asString());
    }
    return record;
}

Result<MailboxRecord> parseMailboxRecord(std::string_view text) {
    TRY(const json::Value value, json::parse(text));
    MailboxRecord record;
    TRY(record.profile, profileMember(value));
    TRY(record.keyType, textMember(value, "keyType"));
    const json::Array* holdings = value.array("certificates");
    if (holdings == nullptr) return fail(ErrorKind::Parse, "\"certificates\" is missing");
    for (const json::Value& entry : *holdings) {
        TRY(Holding holding, parseHolding(entry));
        record.holdings.push_back(std::move(holding));
    }
    return record;
}

}  // namespace mailca::client
