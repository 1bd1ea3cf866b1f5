// finalize (RFC 8555 section 7.4): from CSRs to proofs.
#include <set>

#include "ca/key_policy.h"
#include "enroll/ra/decide.h"
#include "enroll/ra/service.h"
#include "enroll/va/request_judge.h"

namespace mailca::ra {
namespace {

Error notReady(OrderStatus status) {
    switch (status) {
        case OrderStatus::Pending:
            return fail(ErrorKind::OrderNotReady,
                        "the order is not ready: reply to the challenge mail and POST to the challenge first");
        case OrderStatus::Processing:
            return fail(ErrorKind::OrderNotReady,
                        "the order was finalized before and is being processed; poll the order");
        case OrderStatus::Valid:
            return fail(ErrorKind::OrderNotReady, "the order was finalized before; fetch its certificate");
        default:
            return fail(ErrorKind::OrderNotReady, "the order is invalid; place a new one");
    }
}

// One CSR an item, in the order of the items, and no other.
Result<std::vector<Bytes>> csrsInOrder(const Order& order, const Orders::Csrs& sent) {
    if (const Bytes* single = std::get_if<Bytes>(&sent)) {
        if (order.items.size() == 1) return std::vector<Bytes>{*single};
        return fail(ErrorKind::BadCsr, "the order is for the bundle " + order.profile +
                                           ": send csrs, an object with a CSR for every profile of it");
    }
    const auto& csrs = std::get<std::map<std::string, Bytes>>(sent);
    std::vector<Bytes> ordered;
    for (const OrderItem& item : order.items) {
        const auto found = csrs.find(item.profile);
        if (found == csrs.end()) {
            return fail(ErrorKind::BadCsr, "the CSR for the profile " + item.profile + " is missing");
        }
        ordered.push_back(found->second);
    }
    if (csrs.size() != order.items.size()) {
        return fail(ErrorKind::BadCsr, "there are CSRs for profiles that the order does not have");
    }
    return ordered;
}

}  // namespace

Result<ValidatedMailbox> ValidationJudge::judge(const Authorization& authorization, Time now) {
    const AuthorizationStatus status = authorization.status(now);
    if (status != AuthorizationStatus::Valid) {
        return fail(ErrorKind::Unauthorized, "the authorization for " + authorization.identifier.mailbox.text() +
                                                 " is " + std::string(nameOf(status)) + "; place a new order");
    }
    return ValidatedMailbox(authorization.identifier.mailbox, authorization.account, authorization.id, now);
}

Result<PreparedOrder::Item> Orders::judgeItem(const OrderView& view, const OrderItem& item, const Bytes& csr,
                                              Time now) {
    const ca::Profile* profile = m_profiles.find(item.profile);
    if (profile == nullptr) {  // C11
        return fail(ErrorKind::InvalidProfile, "the profile " + item.profile + " was withdrawn; place a new order");
    }
    TRY(ValidatedMailbox mailbox, ValidationJudge::judge(view.authorization, now));
    TRY(x509::CertificateRequest parsed, x509::CertificateRequest::fromDer(csr));
    auto key = ca::KeyPolicy::check(parsed.publicKey(), *profile);
    if (!key && key.error().kind == ErrorKind::BadPublicKey) return fail(ErrorKind::BadCsr, key.error().detail);  // B40
    if (!key) return key.error();
    TRY(const bool accountKey, m_accounts.isAccountKey(parsed.publicKey().spkiSha256()));
    if (accountKey) {  // B42
        return fail(ErrorKind::BadCsr,
                    "the CSR's key is the key of an ACME account; make a key for the certificate alone");
    }
    TRY(const ca::Use use, ca::narrowedUse(*profile, parsed.keyUsage(), parsed.publicKey().type()));
    TRY(VerifiedRequest request, va::RequestJudge::judge(std::move(parsed), mailbox.mailbox()));
    return PreparedOrder::Item{profile, use, std::move(mailbox), *std::move(key), std::move(request)};
}

Result<PreparedOrder> Orders::judge(const OrderView& view, const std::vector<Bytes>& csrs) {
    const Time now = m_clock.now();
    PreparedOrder prepared{view.order.id, view.order.identifier.mailbox.domain(), {}};
    std::set<Bytes> keys;
    for (std::size_t i = 0; i < view.order.items.size(); ++i) {
        auto item = judgeItem(view, view.order.items[i], csrs.at(i), now);
        if (!item && view.order.items.size() > 1) {
            return fail(item.error().kind, view.order.items[i].profile + ": " + item.error().detail);
        }
        if (!item) return item.error();
        if (!keys.insert(item->key.key().spki()).second) {
            return fail(ErrorKind::BadCsr,
                        "two of the order's CSRs have the same key; make a key for each certificate");
        }
        prepared.items.push_back(*std::move(item));
    }
    return prepared;
}

// docs/issuance-cycle.md, step 4.
Result<FinalizedOrder> Orders::finalize(const Account& account, const OrderId& id, const Csrs& csrs) {
    return decide([&]() -> Result<FinalizedOrder> {
        TRY(OrderView view, find(account, id));
        TRY(const Account owner, m_accounts.find(account.id));
        if (owner.status != AccountStatus::Valid) {
            return fail(ErrorKind::AccountDeactivated, "this account is no longer valid");
        }
        if (owner.external && owner.external->revoked) {  // B29: whoever gave leave to order has taken it back
            return fail(ErrorKind::Unauthorized,
                        "the external account key that this account was made with was revoked");
        }
        const Time now = m_clock.now();
        const OrderStatus status = view.order.status(view.authorization, now);
        if (status != OrderStatus::Ready) return notReady(status);
        TRY(const std::vector<Bytes> ordered, csrsInOrder(view.order, csrs));
        TRY(PreparedOrder prepared, judge(view, ordered));
        TRY_VOID(m_orders.finalize({id, ordered, now}));
        view.order.state = InProgress{now};
        return FinalizedOrder{std::move(view), std::move(prepared)};
    });
}

Result<PreparedOrder> Orders::prepare(const OrderView& view) {
    std::vector<Bytes> csrs;
    for (const OrderItem& item : view.order.items) csrs.push_back(item.csr);
    return judge(view, csrs);
}

}  // namespace mailca::ra
