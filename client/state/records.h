// What a mailbox's folder remembers, as JSON: the order under way and the keys and certificates it holds.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.h"
#include "core/email_address.h"
#include "core/random.h"
#include "core/result.h"

namespace mailca::client {

// Names the files of one key: "smime-sign-9f03c2d1" has smime-sign-9f03c2d1.key.pem and smime-sign-9f03c2d1.pem
// (chain).
class KeyName {
 public:
    static KeyName random(std::string_view profile, Random& random);
    static Result<KeyName> parse(std::string_view text);  // Parse: anything that could leave the folder
    const std::string& text() const { return m_text; }
    auto operator<=>(const KeyName&) const = default;

 private:
    explicit KeyName(std::string text) : m_text(std::move(text)) {}
    std::string m_text;
};

// Words that the server names profiles and bundles with, safe in file names: lower-case letters, digits, "-".
bool isProfileName(std::string_view text);

// An order that is not done yet. Every step of the enrollment is written down here before the next one begins.
struct OrderRecord {
    std::string profile;  // what was ordered: a profile or a bundle
    std::string keyType;  // empty: the usual one for each use
    Time started;
    std::map<std::string, KeyName> keys;    // by profile; their files may not be there yet
    std::string url;                        // of the order; empty: not placed yet
    std::vector<std::string> handledMails;  // Message-IDs: there before the order, or answered
    bool replied = false;                   // one of them was this order's
};

enum class HoldingState { Current, Retired, Revoked };

// A key with its certificate.
struct Holding {
    std::string profile;
    KeyName key;
    HoldingState state = HoldingState::Current;
};

struct MailboxRecord {
    std::string profile;  // what `renew` orders again
    std::string keyType;
    std::vector<Holding> holdings;  // oldest first
};

std::string toText(const OrderRecord& record);
std::string toText(const MailboxRecord& record, const EmailAddress& mailbox);
// Parse errors that say which member is wrong.
Result<OrderRecord> parseOrderRecord(std::string_view text);
Result<MailboxRecord> parseMailboxRecord(std::string_view text);

std::string_view nameOf(HoldingState state);

}  // namespace mailca::client
