// An ACME server in memory: real JWS, nonces, one mailbox, challenge mails into a list, certificates by the test CA.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "client/enrollment/challenge_mail.h"
#include "core/jose/jws.h"
#include "core/json/json.h"
#include "core/x509/request.h"
#include "mail/message.h"
#include "tests/client/authority.h"
#include "tests/client/doubles.h"

namespace mailca::test {

class FakeAcme : public FakeWeb {
 public:
    FakeAcme(Authority& authority, std::string mailbox) : m_authority(authority), m_mailbox(std::move(mailbox)) {
        pages["https://ca.test/directory"] = directory().dump();
        pages["https://keys.test/v1/roots"] = m_authority.root().pem();
    }

    // What a test sets or looks at.
    std::vector<std::string> inbox;         // of the mailbox
    std::vector<std::string> forgeries;     // mails of somebody else that come just before the challenge mail
    std::vector<x509::Certificate> issued;  // ever
    std::set<std::string> orderedProfiles;
    int accounts = 0, orders = 0, badNonces = 0;  // badNonces: refuse that many requests
    bool termsAgreed = false, mailComes = true;
    bool confused = false;                    // answers every question after an order with 400, malformed
    std::function<void()> onRequest = [] {};  // before and after each one

    static json::Value directory() {
        return json::object(
            {{"newNonce", "https://ca.test/nonce"},
             {"newAccount", "https://ca.test/account"},
             {"newOrder", "https://ca.test/order"},
             {"revokeCert", "https://ca.test/revoke"},
             {"meta",
              json::object({{"termsOfService", "https://ca.test/terms"},
                            {"exchange", "https://keys.test"},
                            {"profiles", json::object({{"smime-sign", ""}})},
                            {"bundles", json::object({{"smime-timestamp", json::array({"smime-sign", "smime-encrypt",
                                                                                       "timestamp"})}})}})}});
    }

    Result<http::Reply> head(const std::string&) override { return answer(200, {}); }

    Result<http::Reply> post(const std::string& url, const std::string&, std::string_view body) override {
        onRequest();
        const jose::Jws jws = must(jose::parseJws(body));
        if (const auto* jwk = std::get_if<jose::Jwk>(&jws.signer)) m_key.emplace(*jwk);
        must(jose::verifyJws(jws, m_key.value().key) ? Result<int>(0) : fail(ErrorKind::Crypto, "signature"));
        if (jws.url != url || !m_nonces.erase(jws.nonce) || badNonces-- > 0) return problem(400, "badNonce");
        badNonces = 0;
        Result<http::Reply> reply = route(url, jws.payload.empty() ? json::Value() : must(json::parse(jws.payload)));
        onRequest();
        return reply;
    }

    // The mailbox's own mail server hands over a reply.
    void receive(const std::string& raw) {
        const mail::Message reply = must(mail::Message::parse(raw));
        for (Order& order : m_orders) {
            if (reply.subject() != "Re: ACME: " + order.part1) continue;
            const std::string digest = client::responseDigest(order.part1, kPart2, m_key->thumbprint);
            if (reply.text()->find(digest) != std::string::npos) order.replied = true;
        }
    }

    void forgetOrders() { m_forgotten = m_orders.size(); }

 private:
    struct Order {
        std::string part1, profile;
        bool mailed = false, replied = false, posted = false;
        std::map<std::string, std::string> certificates;
    };
    static constexpr const char* kPart2 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";

    Result<http::Reply> route(const std::string& url, const json::Value& payload) {
        if (url == "https://ca.test/account") {
            termsAgreed = payload.boolean("termsOfServiceAgreed").value_or(false);
            accounts = 1;  // the same key is the same account
            return answer(201, json::object({{"status", "valid"}}), "https://ca.test/account/1");
        }
        if (url == "https://ca.test/order") return place(payload);
        if (url.starts_with("https://ca.test/certificate/")) {
            const std::size_t at = std::stoul(url.substr(28));
            http::Reply reply = answer(200, {});
            reply.body = issued.at(at).pem() + m_authority.issuing().pem();
            return reply;
        }
        const std::size_t at = std::stoul(url.substr(url.rfind('/') + 1));
        if (at < m_forgotten) return problem(404, "malformed");
        Order& order = m_orders.at(at);
        if (confused) return problem(400, "malformed");
        if (url.starts_with("https://ca.test/order/")) return answer(200, show(order, at));
        if (url.starts_with("https://ca.test/authorization/")) return answer(200, authorization(order, at));
        if (url.starts_with("https://ca.test/challenge/")) order.posted = true;
        if (url.starts_with("https://ca.test/finalize/")) finalize(order, payload);
        return answer(200, show(order, at));
    }

    Result<http::Reply> place(const json::Value& payload) {
        ++orders;
        const std::string part1 = std::string(30, 'p') + (orders < 10 ? "0" : "") + std::to_string(orders);
        m_orders.push_back({part1, payload.string("profile").value(), false, false, false, {}});
        const std::size_t at = m_orders.size() - 1;
        return answer(201, show(m_orders.back(), at), "https://ca.test/order/" + std::to_string(at));
    }

    json::Value show(const Order& order, std::size_t at) {
        const std::string id = std::to_string(at);
        const bool valid = !order.certificates.empty();
        const char* status = valid ? "valid" : order.replied && order.posted ? "ready" : "pending";
        json::Value out = json::object({{"status", status},
                                        {"authorizations", json::array({"https://ca.test/authorization/" + id})},
                                        {"finalize", "https://ca.test/finalize/" + id}});
        json::Value urls = json::object({});
        for (const auto& [profile, url] : order.certificates) urls.set(profile, url);
        if (valid && order.certificates.size() > 1) out.set("certificates", urls);
        if (valid) out.set("certificate", order.certificates.begin()->second);
        return out;
    }

    json::Value authorization(Order& order, std::size_t at) {
        if (!order.mailed && mailComes) {
            inbox.insert(inbox.end(), forgeries.begin(), forgeries.end());
            inbox.push_back("From: acme@ca.test\r\nTo: " + m_mailbox + "\r\nSubject: ACME: " + order.part1 +
                            "\r\nMessage-ID: <" + order.part1 +
                            "@ca.test>\r\nAuto-Submitted: auto-generated\r\n\r\n.\r\n");
            order.mailed = true;
        }
        return json::object(
            {{"status", order.replied && order.posted ? "valid" : "pending"},
             {"challenges", json::array({json::object({{"type", "email-reply-00"},
                                                       {"url", "https://ca.test/challenge/" + std::to_string(at)},
                                                       {"status", order.posted ? "processing" : "pending"},
                                                       {"token", kPart2},
                                                       {"from", "acme@ca.test"}})})}});
    }

    void finalize(Order& order, const json::Value& payload) {
        if (!order.certificates.empty()) return;
        const auto issueFor = [&](const std::string& profile, const std::string& csr) {
            const auto request = must(x509::CertificateRequest::fromDer(must(fromBase64Url(csr))));
            must(request.verifySignature() ? Result<int>(0) : fail(ErrorKind::BadCsr, "signature"));
            const bool timestamp = profile == "timestamp";
            issued.push_back(m_authority.issue(request.publicKey(), m_mailbox, request.keyUsage().value(),
                                               timestamp ? x509::oid::kTimeStamping : x509::oid::kEmailProtection));
            orderedProfiles.insert(profile);
            order.certificates.emplace(profile, "https://ca.test/certificate/" + std::to_string(issued.size() - 1));
        };
        if (const json::Value* several = payload.find("csrs")) {
            for (const auto& [profile, csr] : *several->asObject()) issueFor(profile, *csr.asString());
        } else {
            issueFor(order.profile, payload.string("csr").value());
        }
    }

    http::Reply answer(int status, const json::Value& body, const std::string& location = "") {
        const std::string nonce = "n" + std::string(19, 'x') + std::to_string(1000 + m_given++);
        m_nonces.insert(nonce);
        http::Reply reply{status, {{"replay-nonce", {nonce}}}, body.dump()};
        if (!location.empty()) reply.headers["location"] = {location};
        return reply;
    }
    http::Reply problem(int status, const std::string& type) {
        return answer(status, json::object({{"type", "urn:ietf:params:acme:error:" + type}, {"detail", type}}));
    }

    Authority& m_authority;
    std::string m_mailbox;
    std::optional<jose::Jwk> m_key;
    std::set<std::string> m_nonces;
    int m_given = 0;
    std::vector<Order> m_orders;
    std::size_t m_forgotten = 0;
};

// The mailbox's mail: the inbox that the server writes to, a transport that hands the server the replies.
class FakeMail final : public client::MailAccess {
 public:
    explicit FakeMail(FakeAcme& acme) : m_acme(acme) {}
    int replies = 0;
    mail::SendOutcome outcome = mail::SendOutcome::Accepted;
    std::set<std::string> refused;  // recipients that the server refuses for good

    Result<std::unique_ptr<mail::Inbox>> inbox(const EmailAddress&) override {
        return std::unique_ptr<mail::Inbox>(std::make_unique<ListInbox>(m_acme.inbox));
    }
    Result<std::unique_ptr<mail::Transport>> transport(const EmailAddress&) override {
        return std::unique_ptr<mail::Transport>(std::make_unique<Out>(*this));
    }

 private:
    class Out final : public mail::Transport {
     public:
        explicit Out(FakeMail& owner) : m_owner(owner) {}
        mail::SendReport send(const EmailAddress&, const EmailAddress& to, std::string_view message) override {
            m_owner.m_acme.onRequest();
            if (m_owner.refused.contains(to.text())) return {mail::SendOutcome::Permanent, 550, "no such mailbox"};
            if (m_owner.outcome == mail::SendOutcome::Accepted) {
                m_owner.m_acme.receive(std::string(message));
                ++m_owner.replies;
            }
            m_owner.m_acme.onRequest();
            return {m_owner.outcome, 0, "says the server"};
        }

     private:
        FakeMail& m_owner;
    };
    FakeAcme& m_acme;
};

}  // namespace mailca::test
