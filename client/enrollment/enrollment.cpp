#include "client/enrollment/enrollment.h"

#include <algorithm>

#include "client/acme/problem.h"
#include "client/enrollment/profile_keys.h"
#include "core/x509/path.h"

namespace mailca::client {
namespace {

std::string describe(const crypto::KeySpec& spec) {
    const std::string name(crypto::nameOf(spec.type));
    return spec.type == crypto::KeyType::Rsa ? name + "-" + std::to_string(spec.rsaBits) : name;
}

bool namesMailbox(const x509::Certificate& certificate, const EmailAddress& mailbox) {
    return std::ranges::any_of(certificate.emails(), [&](const std::string& text) {
        const auto name = EmailAddress::parse(text);
        return name && *name == mailbox;
    });
}

// The server is not trusted to hand out what was ordered.
Result<void> checkIssued(const std::vector<x509::Certificate>& chain, const crypto::PrivateKey& key,
                         const EmailAddress& mailbox) {
    if (chain.size() < 2) return fail(ErrorKind::Parse, "the server sent a certificate without its issuer's");
    if (!(chain.front().publicKey() == key.publicKey())) {
        return fail(ErrorKind::Parse, "the server sent a certificate for another key");
    }
    if (!namesMailbox(chain.front(), mailbox)) {
        return fail(ErrorKind::Parse, "the server sent a certificate that does not name " + mailbox.text());
    }
    return x509::verifySignature(chain.front(), chain[1].publicKey());
}

}  // namespace

Result<EnrollmentResult> Enrollment::run(const Wish& wish) {
    TRY(std::optional<OrderRecord> known, m_folder.order());
    if (known) {
        m_around.report.progress("going on with the order for " + known->profile);
    } else {
        TRY(known, begin(wish));
    }
    OrderRecord& record = *known;
    TRY_VOID(makeKeys(record));
    Conversation conversation(m_session, m_mail, m_folder, m_around);
    TRY(acme::Order order, resume(record, conversation));
    TRY(std::optional<Waiting> waiting, authorize(order, record, conversation));
    if (waiting) return EnrollmentResult(std::move(*waiting));
    TRY_VOID(finalize(order, record));
    TRY(waiting, awaitIssuance(order, record));
    if (waiting) return EnrollmentResult(std::move(*waiting));
    TRY_VOID(download(order, record));
    TRY(Enrolled enrolled, conclude(record));
    return EnrollmentResult(std::move(enrolled));
}

Result<OrderRecord> Enrollment::begin(const Wish& wish) const {
    TRY(const std::vector<std::string> profiles, m_session.directory().profilesOf(wish.profile));
    OrderRecord record;
    record.profile = wish.profile;
    record.keyType = wish.keyType;
    record.started = m_around.clock.now();
    for (const std::string& profile : profiles) {
        TRY_VOID(keySpecFor(profile, wish.keyType));  // before anything is written
        record.keys.emplace(profile, KeyName::random(profile, m_around.random));
    }
    TRY_VOID(m_folder.save(record));
    return record;
}

Result<void> Enrollment::makeKeys(const OrderRecord& record) const {
    for (const auto& [profile, name] : record.keys) {
        TRY(const std::optional<crypto::PrivateKey> there, m_folder.findKey(name));
        if (there) continue;
        TRY(const crypto::KeySpec spec, keySpecFor(profile, record.keyType));
        m_around.report.progress("making a key for " + profile + " (" + describe(spec) + ")");
        TRY(const crypto::PrivateKey key, crypto::PrivateKey::generate(spec));
        TRY_VOID(m_folder.saveKey(name, key));
    }
    return {};
}

// The order as the server sees it now; a new one with the same keys when the old one is dead or forgotten.
Result<acme::Order> Enrollment::resume(OrderRecord& record, Conversation& conversation) {
    if (record.url.empty()) return place(record, conversation);
    Result<acme::Order> order = fetch(record);
    const bool forgotten = !order && order.error().kind == ErrorKind::NotFound;
    if (!forgotten && !(order && order->status == acme::Status::Invalid)) return order;
    m_around.report.progress("the former order has ended; placing a new one");
    return place(record, conversation);
}

Result<acme::Order> Enrollment::place(OrderRecord& record, Conversation& conversation) {
    record.started = m_around.clock.now();
    record.replied = false;
    TRY_VOID(conversation.noteOldMails(record));
    const json::Value identifier = json::object({{"type", "email"}, {"value", m_folder.mailbox().text()}});
    const json::Value request = json::object({{"identifiers", json::array({identifier})}, {"profile", record.profile}});
    TRY(const http::Reply reply, m_session.post(m_session.directory().newOrder, request));
    record.url = reply.header("location");
    if (record.url.empty()) return fail(ErrorKind::Parse, "the server made an order, but does not say where");
    TRY_VOID(m_folder.save(record));
    m_around.report.progress("order placed for " + m_folder.mailbox().text() + " (" + record.profile + ")");
    return acme::parseOrder(reply.body, record.profile);
}

Result<std::optional<Waiting>> Enrollment::authorize(acme::Order& order, OrderRecord& record,
                                                     Conversation& conversation) {
    if (order.status != acme::Status::Pending) return std::optional<Waiting>();
    for (const std::string& url : order.authorizations) {
        TRY(auto result, conversation.hold(url, record, m_patience));
        if (auto* waiting = std::get_if<Waiting>(&result)) return std::optional(std::move(*waiting));
    }
    m_around.report.progress("the mailbox is validated");
    TRY(order, fetch(record));
    return std::optional<Waiting>();
}

Result<void> Enrollment::finalize(acme::Order& order, const OrderRecord& record) {
    if (order.status != acme::Status::Ready) return {};
    TRY(const json::Value payload, finalizePayload(record));
    Result<http::Reply> reply = m_session.post(order.finalize, payload);
    if (!reply) {
        const ErrorKind kind = reply.error().kind;
        if (kind == ErrorKind::BadCsr || kind == ErrorKind::BadPublicKey) {
            TRY_VOID(m_folder.dropOrder());  // the next run makes new keys
        }
        return std::move(reply).error();
    }
    TRY(order, acme::parseOrder(reply->body, record.profile));
    return {};
}

Result<json::Value> Enrollment::finalizePayload(const OrderRecord& record) const {
    json::Value requests = json::object({});
    for (const auto& [profile, name] : record.keys) {
        TRY(const crypto::PrivateKey key, m_folder.key(name));
        TRY(const Bytes der, requestFor(profile, key, m_folder.mailbox()));
        requests.set(profile, toBase64Url(der));
    }
    if (const json::Value* only = requests.find(record.profile)) return json::object({{"csr", *only}});
    return json::object({{"csrs", requests}});
}

Result<std::optional<Waiting>> Enrollment::awaitIssuance(acme::Order& order, const OrderRecord& record) {
    const Time deadline = m_around.clock.now() + m_patience;
    while (order.status == acme::Status::Pending || order.status == acme::Status::Ready ||
           order.status == acme::Status::Processing) {
        if (m_around.clock.now() >= deadline) {
            return std::optional(Waiting{"the certificates are not issued yet: run the same command again"});
        }
        m_around.report.progress("waiting for the certificates");
        m_around.pause.wait(1s);
        TRY(order, fetch(record));
    }
    if (order.status == acme::Status::Valid) return std::optional<Waiting>();
    const Error why = order.problem.value_or(fail(ErrorKind::ServerInternal, "no reason given"));
    return fail(why.kind, "the order failed: " + why.detail + " (running again places a new one)");
}

Result<void> Enrollment::download(const acme::Order& order, const OrderRecord& record) {
    for (const auto& [profile, name] : record.keys) {
        const auto url = order.certificates.find(profile);
        if (url == order.certificates.end()) return fail(ErrorKind::Parse, "the server issued nothing for " + profile);
        TRY(const http::Reply reply, m_session.fetch(url->second));
        TRY(const std::vector<x509::Certificate> chain, x509::Certificate::allFromPem(reply.body));
        TRY(const crypto::PrivateKey key, m_folder.key(name));
        TRY_VOID(checkIssued(chain, key, m_folder.mailbox()));
        TRY_VOID(m_roots.check(chain));
        TRY_VOID(m_folder.saveChain(name, chain));
    }
    return {};
}

Result<Enrolled> Enrollment::conclude(const OrderRecord& record) const {
    TRY(std::optional<MailboxRecord> before, m_folder.record());
    MailboxRecord after{record.profile, record.keyType, {}};
    Enrolled enrolled;
    for (const auto& [profile, name] : record.keys) {
        enrolled.holdings.push_back({profile, name, HoldingState::Current});
    }
    for (Holding& holding : before ? before->holdings : after.holdings) {
        const bool isNew = std::ranges::any_of(enrolled.holdings, [&](const auto& h) { return h.key == holding.key; });
        if (isNew) continue;  // we died between the last two steps
        if (holding.state == HoldingState::Current) holding.state = HoldingState::Retired;
        after.holdings.push_back(std::move(holding));
    }
    after.holdings.insert(after.holdings.end(), enrolled.holdings.begin(), enrolled.holdings.end());
    TRY_VOID(m_folder.save(after));
    TRY_VOID(m_folder.dropOrder());
    return enrolled;
}

Result<acme::Order> Enrollment::fetch(const OrderRecord& record) {
    TRY(const http::Reply reply, m_session.fetch(record.url));
    return acme::parseOrder(reply.body, record.profile);
}

}  // namespace mailca::client
