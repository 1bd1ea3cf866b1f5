// Replies as clients write them, with whatever a test wants changed.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "enroll/va/email_reply.h"

namespace mailca::test {

inline EmailAddress mailbox(std::string_view text) {
    return EmailAddress::parse(text).value();
}

inline const std::string kToken = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
inline const std::string kDigest = "LPJNul-wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ";  // base64url(SHA-256("hello"))

inline std::string block(const std::string& data = kDigest) {
    return "-----BEGIN ACME RESPONSE-----\n" + data + "\n-----END ACME RESPONSE-----\n";
}

// A mail of fields in order and a text.
struct ReplyText {
    std::vector<std::pair<std::string, std::string>> fields{{"From", "alice@example.org"},
                                                            {"To", "acme@ca.example"},
                                                            {"Subject", "Re: ACME: " + kToken},
                                                            {"In-Reply-To", "<1@ca.example>"},
                                                            {"Date", "Mon, 23 Nov 2026 12:00:00 +0000"},
                                                            {"Message-ID", "<2@example.org>"}};
    std::string body = block();

    ReplyText& set(const std::string& name, const std::string& value) {
        for (auto& field : fields) {
            if (field.first == name) {
                field.second = value;
                return *this;
            }
        }
        return add(name, value);
    }
    ReplyText& add(const std::string& name, const std::string& value) {
        fields.emplace_back(name, value);
        return *this;
    }
    ReplyText& remove(const std::string& name) {
        std::erase_if(fields, [&name](const auto& field) { return field.first == name; });
        return *this;
    }
    std::string text() const {
        std::string out;
        for (const auto& [name, value] : fields) out += name + ": " + value + "\r\n";
        return out + "\r\n" + mail::withCrlf(body);
    }
    mail::Message message() const { return mail::Message::parse(text()).value(); }
};

}  // namespace mailca::test
