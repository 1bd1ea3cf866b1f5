// What the server acknowledged and what the driver did for it: one JSON object a line, written (with one write(2))
// right after it happened, so that another process can continue every enrollment and check every acknowledged fact.
//
//   {"fact": "account", "mailbox": "a@example.org", "at": 1735689600, ...}    "at" in seconds since 1970
//
//   fact            more members
//   account         account (URL), key (the account's private key, PKCS#8 PEM: the file is 0600)
//   order           order, authorization, finalize (URLs)
//   authorization   challenge (URL); the fetch that releases the challenge mail was answered
//   challenge-mail  messageId, subjectSha256 (hex); the driver's SMTP receiver took responsibility for a challenge mail
//   reply           messageId (of the challenge mail); the answer lies in the server's Maildir
//   challenge       challenge (URL); the POST to it was answered
//   authorized      the server said that the authorization is valid
//   finalize        status; the POST of the CSR was answered
//   certificate     certificate (URL), sha256 (hex, of the bytes downloaded), serial (hex); the enrollment has ended
//   invalid         reason; the server said that the order or authorization is invalid; the enrollment has ended
//   abandoned       reason; given up for now (no answer, told to stop); `resume` continues it
//
// A mailbox stands for one enrollment. Facts about another mailbox may stand between two of one enrollment, and a
// challenge-mail before the authorization that released it.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/json/json.h"
#include "core/result.h"

namespace mailca::bench {

// What a journal says of one enrollment.
struct Trace {
    std::string mailbox;
    std::string account, key;
    std::string order, authorization, finalize, challenge;  // URLs
    int challengeMails = 0;
    std::set<std::string> answered;  // Message-IDs of challenge mails
    bool challengePosted = false, authorized = false, finalized = false;
    struct Certificate {
        std::string url, sha256, serial;
    };
    std::optional<Certificate> certificate;
    std::optional<std::string> invalid;  // the reason

    bool ended() const { return certificate || invalid; }
    // Parse: a fact or member that is not in the list above.
    Result<void> apply(const json::Value& line);
};

json::Value factLine(std::string_view fact, const std::string& mailbox, json::Object more);

// Thread-safe. One that was made by default keeps nothing.
class Journal {
 public:
    Journal() = default;
    static Result<Journal> open(const std::string& path);  // appends; made with mode 0600
    ~Journal();
    Journal(Journal&& other) noexcept;
    Journal& operator=(Journal&&) = delete;

    bool keeps() const { return m_descriptor >= 0; }
    Result<void> write(const json::Value& line);  // Io

 private:
    explicit Journal(int descriptor) : m_descriptor(descriptor) {}
    std::mutex m_mutex;
    int m_descriptor = -1;
};

// By mailbox. A last line without its end is what a killed driver left, and is no fact yet. Io, Parse with the line.
Result<std::map<std::string, Trace>> readJournal(const std::string& path);

}  // namespace mailca::bench
