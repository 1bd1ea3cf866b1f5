#include "bench/load/enrollment.h"

#include <algorithm>
#include <thread>

#include "client/enrollment/profile_keys.h"
#include "core/crypto/hash.h"
#include "core/x509/certificate.h"
#include "core/x509/renewal_name.h"

namespace mailca::bench {
namespace {

using client::acme::Authorization;
using client::acme::Order;
using client::acme::Status;
using std::chrono::steady_clock;

Error waitedTooLong(const std::string& what) {
    return fail(ErrorKind::Unavailable, what);
}

constexpr std::chrono::seconds kPatienceWithReply{1};  // before it is sent again

// One signed request, with its answer.
class Timed {
 public:
    Timed(Tally& tally, const char* call) : m_tally(tally), m_call(call) { ++m_tally.posts; }
    ~Timed() {
        const std::chrono::duration<double, std::milli> took = steady_clock::now() - m_start;
        m_tally.calls[m_call].push_back(took.count());
    }
    Timed(const Timed&) = delete;
    Timed& operator=(const Timed&) = delete;

 private:
    Tally& m_tally;
    const char* const m_call;
    const steady_clock::time_point m_start = steady_clock::now();
};

// Asks when an answer is usually there, then at growing intervals.
class Polling {
 public:
    Polling(UsualWait& usual, seconds patience, std::stop_token stop)
        : m_usual(usual), m_end(m_start + patience), m_stop(std::move(stop)), m_pause(usual.value()) {}

    // Waits; false once the patience is over or it was told to stop.
    bool again() {
        if (m_stop.stop_requested() || steady_clock::now() >= m_end) return false;
        std::this_thread::sleep_for(m_pause);
        m_pause = std::exchange(m_next, std::min(m_next * 2, kLongest));
        return true;
    }
    void decided() { m_usual.learn(steady_clock::now() - m_start); }

 private:
    static constexpr steady_clock::duration kShortest = std::chrono::milliseconds(4);
    static constexpr steady_clock::duration kLongest = std::chrono::milliseconds(250);
    UsualWait& m_usual;
    const steady_clock::time_point m_start = steady_clock::now();
    const steady_clock::time_point m_end;
    const std::stop_token m_stop;
    steady_clock::duration m_pause;
    steady_clock::duration m_next = std::clamp(m_pause / 4, kShortest, kLongest);
};

}  // namespace

Result<std::unique_ptr<Enrollment>> Enrollment::create(World& world, client::Http& http, Trace trace, Tally& tally,
                                                       std::stop_token stop, std::size_t wanted) {
    TRY(EmailAddress mailbox, EmailAddress::parse(trace.mailbox));
    TRY(crypto::PrivateKey key, trace.key.empty() ? crypto::PrivateKey::generate({crypto::KeyType::P256})
                                                  : crypto::PrivateKey::fromPem(trace.key));
    std::unique_ptr<Enrollment> made(new Enrollment(world, world.wanted.at(wanted), std::move(trace),
                                                    std::move(mailbox), std::move(key), tally, std::move(stop)));
    TRY(client::acme::Session session,
        client::acme::Session::create(http, world.directory, made->m_key, made->m_trace.account));
    made->m_session.emplace(std::move(session));
    return made;
}

Result<void> Enrollment::run() {
    TRY_VOID(becomeReady());
    TRY(const Order order, issue());
    Trace::Certificate issued;
    for (const auto& [profile, url] : order.certificates) {
        TRY(issued, fetchCertificate(url));
    }
    return record("certificate", {{"certificate", issued.url}, {"sha256", issued.sha256}, {"serial", issued.serial}});
}

Result<void> Enrollment::becomeReady() {
    TRY_VOID(begin());
    TRY_VOID(reply());
    return awaitAuthorization();
}

Result<void> Enrollment::begin() {
    TRY_VOID(openAccount());
    if (m_trace.order.empty()) {
        TRY_VOID(openOrder());
    } else {
        TRY_VOID(catchUp());
    }
    return release();
}

Result<Order> Enrollment::issue() {
    if (!m_trace.finalized) return finalize();
    TRY(Order order, fetchOrder());
    return awaitOrder(std::move(order));
}

Result<void> Enrollment::openAccount() {
    if (!m_trace.account.empty()) return {};
    ++m_tally.posts;
    TRY(const std::string url, m_session->registerAccount(json::object({{"termsOfServiceAgreed", true}})));
    TRY(const Secret pem, m_key.toPem());
    return record("account", {{"account", url}, {"key", pem.text()}});
}

Result<void> Enrollment::confirmAccount() {
    ++m_tally.posts;
    TRY(const std::string url, m_session->registerAccount(json::object({{"onlyReturnExisting", true}})));
    if (url == m_trace.account) return {};
    return fail(ErrorKind::AccountDoesNotExist, "its key now has the account " + url);
}

Result<void> Enrollment::openOrder() {
    const json::Value identifier = json::object({{"type", "email"}, {"value", m_mailbox.text()}});
    json::Value wanted = json::object({{"identifiers", json::array({identifier})}, {"profile", m_wanted.profile}});
    if (!m_replaces.empty()) wanted.set("replaces", m_replaces);
    TRY(const http::Reply reply, post("newOrder", m_world.directory.newOrder, wanted));
    TRY(const Order order, client::acme::parseOrder(reply.body, m_wanted.profile));
    return record("order", {{"order", reply.header("location")},
                            {"authorization", order.authorizations.front()},
                            {"finalize", order.finalize}});
}

// The server may be further than its answers that arrived.
Result<void> Enrollment::catchUp() {
    TRY(const Order order, fetchOrder());
    m_trace.authorized = order.status != Status::Pending;
    m_trace.finalized = m_trace.authorized && order.status != Status::Ready;
    return {};
}

Result<Order> Enrollment::fetchOrder() {
    TRY(const http::Reply reply, fetch("order", m_trace.order));
    return client::acme::parseOrder(reply.body, m_wanted.profile);
}

Result<Authorization> Enrollment::fetchAuthorization() {
    TRY(const http::Reply reply, fetch("authorization", m_trace.authorization));
    return client::acme::parseAuthorization(reply.body);
}

// Releases the challenge mail (A14).
Result<void> Enrollment::release() {
    if (m_trace.authorized) return {};
    TRY(const Authorization authorization, fetchAuthorization());
    if (authorization.status == Status::Valid) return record("authorized");
    if (authorization.status == Status::Invalid) return ended(authorization.problem, "the authorization");
    if (!authorization.emailReply) return fail(ErrorKind::UnsupportedIdentifier, "no email-reply-00 challenge");
    m_challenge = *authorization.emailReply;
    return record("authorization", {{"challenge", m_challenge->url}});
}

Result<void> Enrollment::reply() {
    if (m_trace.authorized) return {};
    // A reply that lies in the server's Maildir is the server's to find.
    if (m_trace.answered.empty()) TRY_VOID(answerMail(*m_challenge));
    if (m_challenge->status != Status::Pending) return {};
    TRY_VOID(post("challenge", m_challenge->url, json::object({})));
    return record("challenge", {{"challenge", m_challenge->url}});
}

bool Enrollment::losesReply() const {
    return std::hash<std::string>{}(m_trace.mailbox) % 100 < static_cast<std::size_t>(m_world.lostReplies);
}

Result<void> Enrollment::answerMail(const client::acme::Challenge& challenge) {
    const auto deadline = steady_clock::now() + m_world.patience;
    const auto message = m_world.postbox.wait(m_mailbox.text(), deadline, m_stop);
    if (!message) return waitedTooLong("no challenge mail came");
    TRY(const client::ChallengeMail mail, client::checkChallengeMail(*message, {m_mailbox, challenge.from}));
    const std::string digest = client::responseDigest(mail.tokenPart1, challenge.token, m_session->thumbprint());
    if (losesReply()) {
        m_lost = Lost{mail, digest, steady_clock::now() + kPatienceWithReply};
        return {};
    }
    TRY_VOID(m_world.mailer.answer(mail, m_mailbox, digest));
    return record("reply", {{"messageId", mail.messageId.text()}});
}

Result<void> Enrollment::answerAgain() {
    if (!m_lost || steady_clock::now() < m_lost->again) return {};
    TRY_VOID(m_world.mailer.answer(m_lost->mail, m_mailbox, m_lost->digest));
    const std::string id = m_lost->mail.messageId.text();
    m_lost.reset();
    return record("reply", {{"messageId", id}});
}

Result<void> Enrollment::awaitAuthorization() {
    if (m_trace.authorized) return {};
    const bool late = m_lost.has_value();  // that says nothing of the server
    Polling polling(m_world.usualWait, m_world.patience, m_stop);
    while (polling.again()) {
        TRY_VOID(answerAgain());
        ++m_tally.polls;
        TRY(const Authorization authorization, fetchAuthorization());
        if (authorization.status == Status::Pending) continue;
        if (!late) polling.decided();
        if (authorization.status == Status::Valid) return record("authorized");
        return ended(authorization.problem, "the authorization");
    }
    return waitedTooLong("the authorization is still pending");
}

// What finalize wants: a CSR, or one for each member of a bundle. P-256 even for encryption, where mailca takes RSA.
Result<json::Value> Enrollment::requests() {
    json::Value csrs = json::object({});
    for (const std::string& member : m_wanted.members) {
        TRY(const crypto::KeySpec spec, client::keySpecFor(member, "p256"));
        TRY(const crypto::PrivateKey key, crypto::PrivateKey::generate(spec));
        TRY(const Bytes csr, client::requestFor(member, key, m_mailbox));
        if (m_wanted.members.size() == 1) return json::object({{"csr", toBase64Url(csr)}});
        csrs.set(member, toBase64Url(csr));
    }
    return json::object({{"csrs", std::move(csrs)}});
}

Result<Order> Enrollment::finalize() {
    TRY(const json::Value payload, requests());
    TRY(const http::Reply reply, post("finalize", m_trace.finalize, payload));
    TRY_VOID(record("finalize"));
    TRY(Order order, client::acme::parseOrder(reply.body, m_wanted.profile));
    return awaitOrder(std::move(order));
}

Result<Order> Enrollment::awaitOrder(Order order) {
    Polling polling(m_world.usualWait, m_world.patience, m_stop);
    while (order.status == Status::Processing) {
        if (!polling.again()) return waitedTooLong("the order is still processing");
        ++m_tally.polls;
        TRY(order, fetchOrder());
    }
    if (order.status == Status::Invalid) return ended(order.problem, "the order");
    if (order.status != Status::Valid || order.certificates.size() != m_wanted.members.size()) {
        return fail(ErrorKind::Parse, "the order is neither processing, invalid, nor valid with its certificates");
    }
    return order;
}

Result<Trace::Certificate> Enrollment::fetchCertificate(const std::string& url) {
    TRY(const http::Reply reply, fetch("certificate", url));
    TRY(const std::vector<x509::Certificate> chain, x509::Certificate::allFromPem(reply.body));
    if (chain.empty()) return fail(ErrorKind::Parse, url + " gives no certificate");
    m_renewalName = x509::renewalName(chain.front().authorityKeyId(), chain.front().serial());
    return Trace::Certificate{url, toHex(crypto::sha256(asBytes(reply.body))), chain.front().serial().hex()};
}

Result<http::Reply> Enrollment::post(const char* call, const std::string& url, const json::Value& payload) {
    const Timed timed(m_tally, call);
    return m_session->post(url, payload);
}

Result<http::Reply> Enrollment::fetch(const char* call, const std::string& url) {
    const Timed timed(m_tally, call);
    return m_session->fetch(url);
}

Result<void> Enrollment::record(std::string_view fact, json::Object more) {
    const json::Value line = factLine(fact, m_trace.mailbox, std::move(more));
    TRY_VOID(m_trace.apply(line));
    return m_world.journal.write(line);
}

Error Enrollment::ended(const std::optional<Error>& problem, const std::string& what) {
    const std::string reason = problem ? problem->detail : "";
    if (auto kept = record("invalid", {{"reason", reason}}); !kept) return std::move(kept).error();
    return fail(ErrorKind::Unauthorized, what + " ended invalid: " + (reason.empty() ? "no reason given" : reason));
}

}  // namespace mailca::bench
