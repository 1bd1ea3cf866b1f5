// One subscriber's plain enrollment (RFC 8555, RFC 8823): an account of its own, one order of one certificate, from
// wherever its trace says it stands to its end.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>

#include "bench/load/journal.h"
#include "bench/load/mailer.h"
#include "bench/load/postbox.h"
#include "bench/load/tally.h"
#include "client/acme/objects.h"
#include "client/acme/session.h"

namespace mailca::bench {

// How long the server has lately taken to judge a reply: a client that asks much sooner only makes it slower.
// Thread-safe.
class UsualWait {
 public:
    std::chrono::nanoseconds value() const { return std::chrono::nanoseconds{m_nanoseconds.load()}; }
    void learn(std::chrono::nanoseconds waited) { m_nanoseconds = value().count() * 7 / 8 + waited.count() / 8; }

 private:
    std::atomic<std::int64_t> m_nanoseconds{4'000'000};
};

// What an order is for: a profile, which is its own only member, or a bundle (docs/bundles.md).
struct Wanted {
    std::string profile;
    std::vector<std::string> members;
};

// What all enrollments of a driver share.
struct World {
    const client::acme::Directory directory;
    const std::vector<Wanted>
        wanted;              // one is one account's; several are one account's, too, each for a mailbox of its own
    const seconds patience;  // for a mail, and for the server to come to a decision
    Journal& journal;
    Postbox& postbox;
    Mailer& mailer;
    int lostReplies = 0;  // of a hundred first replies: they get lost, and are sent again after a second
    UsualWait usualWait{};
};

// Not thread-safe. What it is given by reference must outlive it.
class Enrollment {
 public:
    // A new one has a trace with nothing but its mailbox, or with an account besides.
    static Result<std::unique_ptr<Enrollment>> create(World& world, client::Http& http, Trace trace, Tally& tally,
                                                      std::stop_token stop, std::size_t wanted = 0);

    // To its end, valid or invalid, each fact journaled as it comes. Connection, Unavailable: no end yet, the server
    // gives no answer or took too long, or it was told to stop; it may be run again. Others: the server's no.
    Result<void> run();
    // The first part of it: the order is ready to be finalized.
    Result<void> becomeReady();
    // What comes next: the order is finalized, and valid. The certificate is not fetched.
    Result<client::acme::Order> issue();

    // becomeReady() in three steps, for a crowd that takes each together: the order is placed and its mail released;
    // the mail is answered; the server has come to its decision.
    Result<void> begin();
    Result<void> reply();
    Result<void> awaitAuthorization();

    // The order will replace this certificate (RFC 9773 section 5).
    void renews(std::string name) { m_replaces = std::move(name); }
    // How the certificate that was fetched last is called there; empty: none was.
    const std::string& renewalName() const { return m_renewalName; }
    std::size_t members() const { return m_wanted.members.size(); }  // certificates of its order
    const Trace& trace() const { return m_trace; }
    // Whether the account of the trace's key is known under the URL of the trace.
    Result<void> confirmAccount();
    Result<client::acme::Order> fetchOrder();
    Result<Trace::Certificate> fetchCertificate(const std::string& url);

 private:
    Enrollment(World& world, const Wanted& wanted, Trace trace, EmailAddress mailbox, crypto::PrivateKey key,
               Tally& tally, std::stop_token stop)
        : m_world(world),
          m_wanted(wanted),
          m_trace(std::move(trace)),
          m_mailbox(std::move(mailbox)),
          m_key(std::move(key)),
          m_tally(tally),
          m_stop(std::move(stop)) {}
    Result<void> openAccount();
    Result<void> openOrder();
    Result<void> catchUp();
    Result<void> release();
    Result<void> answerMail(const client::acme::Challenge& challenge);
    Result<void> answerAgain();
    bool losesReply() const;
    Result<json::Value> requests();
    Result<client::acme::Order> finalize();
    Result<client::acme::Order> awaitOrder(client::acme::Order order);

    Result<http::Reply> post(const char* call, const std::string& url, const json::Value& payload);
    Result<http::Reply> fetch(const char* call, const std::string& url);
    Result<client::acme::Authorization> fetchAuthorization();
    // Into the trace and the journal.
    Result<void> record(std::string_view fact, json::Object more = {});
    Error ended(const std::optional<Error>& problem, const std::string& what);

    World& m_world;
    const Wanted& m_wanted;
    Trace m_trace;
    const EmailAddress m_mailbox;
    const crypto::PrivateKey m_key;
    Tally& m_tally;
    const std::stop_token m_stop;
    std::optional<client::acme::Session> m_session;
    std::optional<client::acme::Challenge> m_challenge;
    struct Lost {
        client::ChallengeMail mail;
        std::string digest;
        std::chrono::steady_clock::time_point again;
    };
    std::optional<Lost> m_lost;
    std::string m_replaces, m_renewalName;
};

}  // namespace mailca::bench
