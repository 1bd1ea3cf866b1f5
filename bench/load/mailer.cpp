#include "bench/load/mailer.h"

#include <unistd.h>

#include <chrono>

#include "bench/load/file_drop.h"

namespace mailca::bench {
namespace {

constexpr seconds kSignatureLifetime{24h};

std::string withLf(std::string_view message) {
    std::string out(message);
    std::erase(out, '\r');  // composed by us: CR stands in line ends only
    return out;
}

}  // namespace

Mailer::Mailer(std::filesystem::path maildir, const Clock& clock, Random& random)
    : m_maildir(std::move(maildir)), m_clock(clock), m_random(random) {}

Mailer::Mailer(Mailer&& other) noexcept
    : m_maildir(std::move(other.m_maildir)),
      m_clock(other.m_clock),
      m_random(other.m_random),
      m_domains(std::move(other.m_domains)),
      m_signers(std::move(other.m_signers)) {}

Result<Mailer> Mailer::create(std::filesystem::path maildir, std::vector<mail::DkimKey> keys, const Clock& clock,
                              Random& random) {
    if (keys.empty()) return fail(ErrorKind::Config, "no --reply-key: nobody could answer a challenge");
    if (!std::filesystem::is_directory(maildir / "tmp") || !std::filesystem::is_directory(maildir / "new")) {
        return fail(ErrorKind::Config, maildir.string() + " is no Maildir: new/ or tmp/ is missing");
    }
    Mailer mailer(std::move(maildir), clock, random);
    for (mail::DkimKey& key : keys) {
        const std::string domain = key.domain;
        std::vector<mail::DkimKey> one;
        one.push_back(std::move(key));
        TRY(mail::DkimSigner signer, mail::DkimSigner::create(std::move(one), kSignatureLifetime));
        if (mailer.m_signers.emplace(domain, std::move(signer)).second) mailer.m_domains.push_back(domain);
    }
    return mailer;
}

Result<void> Mailer::answer(const client::ChallengeMail& challenge, const EmailAddress& mailbox,
                            std::string_view digest) {
    const auto signer = m_signers.find(mailbox.domain());
    if (signer == m_signers.end()) return fail(ErrorKind::Unauthorized, "no --reply-key for " + mailbox.domain());
    const Time now = m_clock.now();
    TRY(const std::string reply, client::composeReply(challenge, mailbox, digest, now, m_random));
    TRY(const std::string wire, signer->second.sign(reply, now));
    return deliver(mailbox, challenge.replyTo, wire);
}

// As Postfix's virtual(8) does it: LF lines, envelope on top, tmp then new.
Result<void> Mailer::deliver(const EmailAddress& from, const EmailAddress& to, std::string_view message) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto second = std::chrono::duration_cast<seconds>(now);
    const auto micro = std::chrono::duration_cast<std::chrono::microseconds>(now - second);
    const std::string name = std::to_string(second.count()) + ".M" + std::to_string(micro.count()) + "P" +
                             std::to_string(::getpid()) + "Q" + std::to_string(++m_delivered) + ".localhost";
    const std::string envelope =
        "Return-Path: <" + from.text() + ">\nX-Original-To: " + to.text() + "\nDelivered-To: " + to.text() + "\n";
    return dropFile(m_maildir / "tmp" / name, m_maildir / "new" / name, envelope + withLf(message));
}

}  // namespace mailca::bench
