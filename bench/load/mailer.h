// The subscribers' side of the mail: answers to challenge mails, DKIM-signed and delivered straight into the daemon's
// Maildir as its mail server would.
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "client/enrollment/challenge_mail.h"
#include "core/clock.h"
#include "core/random.h"
#include "mail/dkim_signer.h"

namespace mailca::bench {

// Thread-safe.
class Mailer {
 public:
    // One key a domain; mailboxes are spread evenly over the domains. `clock` and `random` must outlive it. Config.
    static Result<Mailer> create(std::filesystem::path maildir, std::vector<mail::DkimKey> keys, const Clock& clock,
                                 Random& random);
    Mailer(Mailer&& other) noexcept;

    const std::string& domainFor(std::size_t number) const { return m_domains[number % m_domains.size()]; }
    // Unauthorized for a mailbox of a domain without a key, Io.
    Result<void> answer(const client::ChallengeMail& challenge, const EmailAddress& mailbox, std::string_view digest);

 private:
    Mailer(std::filesystem::path maildir, const Clock& clock, Random& random);
    Result<void> deliver(const EmailAddress& from, const EmailAddress& to, std::string_view message);

    std::filesystem::path m_maildir;
    const Clock& m_clock;
    Random& m_random;
    std::vector<std::string> m_domains;
    std::map<std::string, mail::DkimSigner> m_signers;  // by domain
    std::atomic<unsigned> m_delivered{0};
};

}  // namespace mailca::bench
