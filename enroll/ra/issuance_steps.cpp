#include "enroll/ra/issuance_steps.h"

#include "core/log.h"

namespace mailca::ra {
namespace {

// What the client is told: refusals as they are, our own trouble without its inside.
Error shownAs(const Error& why) {
    switch (why.kind) {
        case ErrorKind::Caa:
        case ErrorKind::BadCsr:
        case ErrorKind::BadPublicKey:
        case ErrorKind::Unauthorized:
        case ErrorKind::InvalidProfile:
            return why;
        default:
            return fail(ErrorKind::ServerInternal, "the certificate could not be issued (" + why.text() + ")");
    }
}

Finished asRecorded(const IssuedOrder& issued) {
    Finished finished{issued.at, {}};
    for (const IssuedItem& item : issued.items) finished.certificates.push_back(item.record.id);
    return finished;
}

}  // namespace

const OrderId& IssuanceSteps::orderOf(const Step& step) {
    return std::visit([](const auto& of) -> const OrderId& { return of.order; }, step);
}

bool IssuanceSteps::mayPass(ErrorKind kind) {
    return kind == ErrorKind::Store || kind == ErrorKind::Io || kind == ErrorKind::Unavailable ||
           kind == ErrorKind::ServerInternal || kind == ErrorKind::Dns;
}

IssuanceSteps::IssuanceSteps(ca::Issuance& issuance, va::CaaChecker& caa, OrderBook& orders, IssuanceBook& book,
                             const Clock& clock, Random& random)
    : m_issuance(issuance), m_caa(caa), m_orders(orders), m_book(book), m_clock(clock), m_random(random) {}

OrderFailure IssuanceSteps::failureOf(const OrderId& order, const Error& why) const {
    log::warning("order.failing", {{"order", order.text()}, {"reason", why.text()}});
    return {order, m_clock.now(), shownAs(why)};
}

IssuanceSteps::Outcome IssuanceSteps::take(const Step& step) {
    if (const auto* prepared = std::get_if<PreparedOrder>(&step)) return issue(*prepared);
    if (const auto* issued = std::get_if<IssuedOrder>(&step)) return record(*issued);
    return recordFailure(std::get<OrderFailure>(step));
}

std::optional<IssuanceSteps::Step> IssuanceSteps::giveUp(const Unfinished& left) const {
    if (std::holds_alternative<OrderFailure>(left.step)) return std::nullopt;
    if (left.why.kind == ErrorKind::Dns) {  // C26
        return failureOf(orderOf(left.step), fail(ErrorKind::Caa, left.why.detail));
    }
    return failureOf(orderOf(left.step), fail(ErrorKind::ServerInternal, "tried for too long; place a new order"));
}

IssuanceSteps::Outcome IssuanceSteps::issue(const PreparedOrder& prepared) {
    const auto caa = m_caa.permission(prepared.domain);
    if (!caa) return afterRefusal(prepared, caa.error());
    std::vector<ca::IssuanceRequest> requests;
    for (const PreparedOrder::Item& item : prepared.items) {
        requests.push_back({prepared.order, item.profile, item.use, item.mailbox, *caa, item.key, item.request});
    }
    const auto issued = m_issuance.issue(requests);
    if (!issued) return afterRefusal(prepared, issued.error());
    const auto described = describe(prepared, *issued);
    if (!described) return recordFailure(failureOf(prepared.order, described.error()));
    return record(*described);
}

// Refused before the intents, or at them, or in between: they may or may not be there. If they are, the ledger answers
// the next attempt with Conflict, before anything is signed: then the order fails, and its serials are revoked with it.
IssuanceSteps::Outcome IssuanceSteps::afterRefusal(const PreparedOrder& prepared, const Error& why) {
    if (mayPass(why.kind)) {
        log::error("issuance.postponed", {{"order", prepared.order.text()}, {"reason", why.text()}});
        return Unfinished{prepared, why};
    }
    if (why.kind == ErrorKind::Conflict) {
        const Position position = positionOf(prepared.order);
        if (position == Position::Left) return Left();
        if (position == Position::Unknown) return Unfinished{prepared, why};
    }
    return recordFailure(failureOf(prepared.order, why));
}

// docs/issuance-cycle.md, step 6.
IssuanceSteps::Outcome IssuanceSteps::record(const IssuedOrder& issued) {
    const auto recorded = m_book.recordIssued(issued);
    if (recorded) {
        log::info("order.issued", {{"order", issued.order.text()}});
        return Left(asRecorded(issued));
    }
    if (recorded.error().kind != ErrorKind::Conflict) {
        log::error("issued.unrecorded", {{"order", issued.order.text()}, {"reason", recorded.error().text()}});
        return Unfinished{issued, recorded.error()};  // still in hand: the same value again
    }
    switch (positionOf(issued.order)) {
        case Position::Left:
            return Left();  // an earlier attempt was recorded after all, or the order was ended
        case Position::Unknown:
            return Unfinished{issued, recorded.error()};
        case Position::InProgress:
            break;
    }
    return recordFailure(failureOf(issued.order, recorded.error()));
}

IssuanceSteps::Outcome IssuanceSteps::recordFailure(const OrderFailure& failure) {
    const auto recorded = m_book.recordFailure(failure);
    if (recorded) return Left(Failed{failure.error, failure.at});
    if (recorded.error().kind == ErrorKind::Conflict) return Left();  // it has left already
    log::error("failure.unrecorded", {{"order", failure.order.text()}, {"reason", recorded.error().text()}});
    return Unfinished{failure, recorded.error()};
}

IssuanceSteps::Position IssuanceSteps::positionOf(const OrderId& order) const {
    const auto view = m_orders.find(order);
    if (!view) return Position::Unknown;
    return std::holds_alternative<InProgress>(view->order.state) ? Position::InProgress : Position::Left;
}

Result<IssuedOrder> IssuanceSteps::describe(const PreparedOrder& prepared,
                                            const std::vector<ca::Issued>& issued) const {
    IssuedOrder described{prepared.order, m_clock.now(), {}};
    for (std::size_t i = 0; i < issued.size(); ++i) {
        const ValidatedMailbox& mailbox = prepared.items.at(i).mailbox;
        const x509::Certificate& certificate = issued[i].certificate();
        TRY(auto publication, exchange::publicationOf(mailbox.mailbox(), certificate, exchange::TrustClass::Issued));
        described.items.push_back({CertificateRecord{.id = CertificateId::random(m_random),
                                                     .order = prepared.order,
                                                     .account = mailbox.account(),
                                                     .mailbox = mailbox.mailbox(),
                                                     .serial = certificate.serial(),
                                                     .issuer = issued[i].issuer(),
                                                     .profile = issued[i].profile(),
                                                     .der = certificate.der(),
                                                     .spkiSha256 = certificate.publicKey().spkiSha256(),
                                                     .notBefore = certificate.notBefore(),
                                                     .notAfter = certificate.notAfter(),
                                                     .state = Live{}},
                                   std::move(publication)});
    }
    return described;
}

}  // namespace mailca::ra
