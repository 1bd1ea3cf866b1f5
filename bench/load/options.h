// The command line of mailca-load.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/result.h"
#include "mail/dkim_signer.h"

namespace mailca::bench {

enum class Mode { Load, Issue, Renew, Resume };

struct Options {
    Mode mode = Mode::Load;
    std::string directory;   // URL of the ACME directory
    std::string maildir;     // where the server reads replies
    std::uint16_t smtpPort;  // where the server sends challenge mails: this program listens there
    std::vector<mail::DkimKey> replyKeys;
    std::string profile;
    std::vector<std::string> members;  // of the bundle that `profile` names; empty: it is a profile
    bool singly = false;               // an order for each member in its place
    std::size_t inFlight;
    unsigned patience;  // seconds
    std::optional<std::size_t> count;
    std::optional<unsigned> seconds;
    int lostReplies = 0;  // of a hundred
    std::string name;     // of mailboxes; empty: random
    std::string journal;  // empty: none
};

// Config: what cannot be read, and a usage text; an empty text after --help, which has been printed.
Result<Options> readOptions(int argc, const char* const* argv);

}  // namespace mailca::bench
