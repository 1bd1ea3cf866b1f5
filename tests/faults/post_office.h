// The mail and the names between a CA and its subscribers, in memory but for the CA's Maildir.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "client/enrollment/mail_access.h"
#include "dns/resolver.h"
#include "mail/dkim_signer.h"
#include "mail/maildir.h"
#include "tests/ca/support.h"
#include "tests/client/doubles.h"

namespace mailca::test {

inline mail::DkimSigner dkimSigner(const std::string& domain) {
    std::vector<mail::DkimKey> keys;
    const auto key = must(crypto::PrivateKey::generate({crypto::KeyType::Ed25519, 0}));
    keys.push_back({domain, "s", must(key.toPem())});
    return must(mail::DkimSigner::create(std::move(keys), 24h));
}

// The keys of a signer, and no CAA records.
class Names final : public dns::Resolver {
 public:
    explicit Names(const mail::DkimSigner& signer) {
        for (const auto& record : signer.dnsRecords()) m_table[record.name] = record.text;
    }
    dns::TxtAnswer txt(std::string_view name) override {
        const auto found = m_table.find(std::string(name));
        if (found == m_table.end()) return {dns::Status::NoSuchName, dns::Security::Secure, 300s, {}, ""};
        return {dns::Status::Found, dns::Security::Secure, 300s, {found->second}, ""};
    }
    dns::CaaAnswer caa(std::string_view) override { return {dns::Status::NoData, dns::Security::Secure, 300s, {}, ""}; }

 private:
    std::map<std::string, std::string> m_table;
};

// Challenge mails go into one subscriber's inbox; her replies go signed into the CA's Maildir.
class PostOffice final : public mail::Transport, public client::MailAccess {
 public:
    PostOffice(const mail::Maildir& toCa, const mail::DkimSigner& signer, const Clock& clock, Random& random)
        : m_toCa(toCa), m_signer(signer), m_clock(clock), m_random(random) {}

    std::vector<std::string> mails;  // the inbox

    mail::SendReport send(const EmailAddress&, const EmailAddress&, std::string_view message) override {
        mails.emplace_back(message);
        return {mail::SendOutcome::Accepted, 250, "ok"};
    }
    Result<std::unique_ptr<mail::Inbox>> inbox(const EmailAddress&) override {
        return std::unique_ptr<mail::Inbox>(std::make_unique<ListInbox>(mails));
    }
    Result<std::unique_ptr<mail::Transport>> transport(const EmailAddress&) override {
        return std::unique_ptr<mail::Transport>(std::make_unique<Submission>(*this));
    }

 private:
    class Submission final : public mail::Transport {
     public:
        explicit Submission(const PostOffice& office) : m_office(office) {}
        mail::SendReport send(const EmailAddress&, const EmailAddress&, std::string_view message) override {
            const std::string sealed = must(m_office.m_signer.sign(message, m_office.m_clock.now()));
            must(m_office.m_toCa.deliver(sealed, m_office.m_random));
            return {mail::SendOutcome::Accepted, 250, "ok"};
        }

     private:
        const PostOffice& m_office;
    };
    const mail::Maildir& m_toCa;
    const mail::DkimSigner& m_signer;
    const Clock& m_clock;
    Random& m_random;
};

}  // namespace mailca::test
