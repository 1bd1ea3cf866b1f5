// Everything a whole enrollment needs, in one process: the daemon's rooms on a real database, the client's own
// commands, and the mail between them. Only time, the network and the mail servers are doubles. One thread does it all:
// what the daemon's workers do is done between the client's requests, so that every run makes the same calls in the
// same order.
#pragma once

#include <memory>
#include <sstream>

#include "client/commands/commands.h"
#include "core/text.h"
#include "enroll/acme/api.h"
#include "enroll/intake/intake.h"
#include "enroll/outbox/outbox.h"
#include "repository/routes.h"
#include "store/store.h"
#include "tests/ca/support.h"
#include "tests/client/doubles.h"
#include "tests/faults/failing_books.h"
#include "tests/faults/post_office.h"

namespace mailca::test {

// The daemon's rooms, put together as daemon/rooms.cpp does it, the store's ports with faults in front.
class Rooms {
 public:
    static constexpr const char* kUrl = "https://ca.test";

    Rooms(const std::string& database, const mail::Maildir& maildir, dns::Resolver& resolver,
          mail::Transport& transport, const Clock& time)
        : store(must(store::Store::open(database, {&shardOf, {}}))),
          clock(time),
          caa(resolver, time, {"ca.test"}),
          verifier(resolver, time),
          outbox(mails, transport, signer, time, random),
          intake(maildir, verifier, replies, va::DkimMode::Compatible, time) {
        outbox.stop();  // their turns never wait: time is the client's
        intake.stop();
        acme::addRoutes(router, services);
        repository::addRoutes(router, disk().authority(), rootCrls, store->crls(), clock);
    }
    Rooms(const Rooms&) = delete;
    Rooms& operator=(const Rooms&) = delete;

    // As a daemon starts on what the last one left.
    void recover() {
        must(desk.recover());
        must(outbox.recover());
    }
    // What the workers' threads would do by now. Their troubles are told in the daemon's log, and tried again.
    void work() {
        (void)outbox.turn();
        (void)intake.turn();
    }
    // For a client that waits. A desk with nothing to do would wait, too.
    void workAtTheDesk() {
        work();
        if (count("SELECT count(*) FROM orders WHERE state = 1") > 0) (void)desk.turn();
    }
    std::int64_t count(std::string_view sql) {
        return must(store->database().read([&](store::sqlite::Connection& db) {
                   return db.first(sql, {}, [](const store::sqlite::Row& row) { return row.integer(0); });
               }))
            .value_or(-1);
    }

    Faults faults;
    web::Router router;
    std::unique_ptr<store::Store> store;

 private:
    static int shardOf(const std::string&, const Serial& serial) { return serial.bytes().back() % 4; }
    static const AuthorityOnDisk& disk() {
        static const AuthorityOnDisk made;
        return made;
    }
    static const ca::Authority& authority() { return disk().authority(); }

    const Clock& clock;
    SystemRandom random;
    repository::RootCrls rootCrls{authority(), disk().folder()};
    FailingAccounts accountBook{store->accounts(), faults};
    FailingOrders orderBook{store->orders(), faults};
    FailingMails mails{store->mails(), faults};
    FailingReplies replies{store->replies(), faults};
    FailingIssuance issuanceBook{store->issuance(), faults};
    FailingCertificates certificates{store->certificates(), faults};
    const ca::Profiles profiles = shippedProfiles();
    const ra::Policy policy{.challengeFrom = must(EmailAddress::parse("acme@ca.test"))};
    va::CaaChecker caa;
    mail::DkimVerifier verifier;
    mail::DkimSigner signer = dkimSigner("ca.test");
    ca::LocalSigner caSigner = localSigner(disk(), clock, random);
    ca::Issuance issuance{caSigner, issuanceBook, clock};
    ra::Accounts accounts{accountBook, policy, clock, random};
    ra::Limits limits{{}, orderBook, clock};
    ra::Orders orders{orderBook, accountBook, profiles, policy, limits, clock, random};
    ra::Revocations revocations{certificates, clock};
    ra::IssuanceDesk desk{issuance, caa, orders, orderBook, issuanceBook, clock, random};
    outbox::Outbox outbox;
    intake::Intake intake;
    acme::Nonces nonces{random};
    acme::AccountKeys accountKeys;
    acme::Services services{acme::Urls(kUrl),
                            acme::Meta{"https://ca.test/terms", "", kUrl, {"ca.test"}, false},
                            clock,
                            nonces,
                            accountKeys,
                            accountBook,
                            certificates,
                            store->incidents(),
                            accounts,
                            orders,
                            limits,
                            revocations,
                            desk,
                            disk().authority(),
                            acme::Chaos({}, random),
                            [] {},
                            [] {}};
};

// The client's way to the rooms: no network between. The workers have their turns after every request.
class Door final : public client::Http {
 public:
    explicit Door(const std::unique_ptr<Rooms>& rooms) : m_rooms(rooms) {}
    Result<http::Reply> get(const std::string& url, const std::string&) override { return ask(web::Method::Get, url); }
    Result<http::Reply> head(const std::string& url) override { return ask(web::Method::Head, url); }
    Result<http::Reply> post(const std::string& url, const std::string& type, std::string_view body) override {
        return ask(web::Method::Post, url, type, body);
    }

 private:
    http::Reply ask(web::Method method, const std::string& url, const std::string& type = "",
                    std::string_view body = "") {
        web::Request request;
        request.method = method;
        request.path = url.substr(std::string_view(Rooms::kUrl).size());
        if (!type.empty()) request.headers.add("Content-Type", type);
        request.body = body;
        const web::Response response = m_rooms->router(request);
        http::Reply reply{response.status(), {{"content-type", {response.contentType()}}}, response.body()};
        for (const auto& [name, value] : response.fields()) reply.headers[toAsciiLower(name)].push_back(value);
        m_rooms->work();
        return reply;
    }
    const std::unique_ptr<Rooms>& m_rooms;
};

// While the client waits, time passes and the workers work: long enough that what failed before is due again (a desk
// that finds nothing due would wait for it in real time).
class Waiting final : public client::Pause {
 public:
    Waiting(FakeClock& clock, const std::unique_ptr<Rooms>& rooms) : m_clock(clock), m_rooms(rooms) {}
    void wait(std::chrono::milliseconds length) override {
        m_clock.advance(std::max(std::chrono::ceil<seconds>(length), seconds{61}));
        m_rooms->workAtTheDesk();
    }

 private:
    FakeClock& m_clock;
    const std::unique_ptr<Rooms>& m_rooms;
};

// alice, her machine and her CA.
class Town {
 public:
    Town() { startDaemon(); }

    Rooms& rooms() { return *m_rooms; }
    std::string database() const { return m_folder.file("mailca.db"); }
    void restartDaemon() {
        m_rooms.reset();
        startDaemon();
        m_rooms->recover();
    }
    // One run of `mailca enroll`.
    Result<client::Outcome> enroll() {
        client::SystemDisk disk;
        TRY(const client::StateDirectory state, client::StateDirectory::open(m_folder.path() / "state", disk));
        RecordingReport report;
        const client::Surroundings around{m_clock, m_random, m_pause, report};
        std::istringstream nothing;
        return client::enroll(client::Context{m_config, state, m_door, m_post, around, nothing},
                              {m_alice, client::TermsAgreement::Agreed, "smime-sign", "p256"});
    }
    // The workers come to their end with what the client does not wait for.
    void settle() { m_pause.wait(1h); }
    // Run again until it is done, `afterTrouble()` in between. The errors on the way.
    template <typename AfterTrouble>
    std::vector<Error> enrollAtLast(AfterTrouble afterTrouble) {
        std::vector<Error> troubles;
        for (int run = 0; run < 5; ++run) {
            const auto outcome = enroll();
            if (outcome) return troubles;
            troubles.push_back(outcome.error());
            afterTrouble();
        }
        throw std::runtime_error("alice never gets her certificate: " + troubles.back().text());
    }

 private:
    void startDaemon() { m_rooms = std::make_unique<Rooms>(database(), m_replies, m_names, m_post, m_clock); }

    TempDir m_folder;
    FakeClock m_clock;
    SystemRandom m_random;
    const mail::DkimSigner m_signer = dkimSigner("example.org");
    Names m_names{m_signer};
    const mail::Maildir m_replies = must(mail::Maildir::create(m_folder.path() / "replies"));
    PostOffice m_post{m_replies, m_signer, m_clock, m_random};
    std::unique_ptr<Rooms> m_rooms;
    Door m_door{m_rooms};
    Waiting m_pause{m_clock, m_rooms};
    const EmailAddress m_alice = must(EmailAddress::parse("alice@example.org"));
    const client::Config m_config{.file = "mailca.toml",
                                  .directory = std::string(Rooms::kUrl) + "/acme/directory",
                                  .caFile = "",
                                  .stateDir = m_folder.path() / "state",
                                  .terms = client::TermsAgreement::NotYet,
                                  .mailboxes = {{m_alice, client::MaildirPath{"/unused"}, {}}}};
};

}  // namespace mailca::test
