// From a mailbox to its certificates: a sequence of steps, each written down before the next one begins, so that it can
// be interrupted anywhere and run again.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "client/acme/session.h"
#include "client/enrollment/conversation.h"
#include "client/enrollment/mail_access.h"
#include "client/enrollment/root_check.h"
#include "client/enrollment/surroundings.h"
#include "client/state/mailbox_folder.h"

namespace mailca::client {

struct Wish {
    std::string profile;  // a profile or a bundle
    std::string keyType;  // empty: the usual one for each use
};

struct Enrolled {
    std::vector<Holding> holdings;  // the new ones
};

using EnrollmentResult = std::variant<Enrolled, Waiting>;

class Enrollment {
 public:
    // Everything given must outlive it. `patience` is for the mail and for the server, each.
    Enrollment(acme::Session& session, MailAccess& mail, RootCheck& roots, const MailboxFolder& folder,
               const Surroundings& around, seconds patience)
        : m_session(session), m_mail(mail), m_roots(roots), m_folder(folder), m_around(around), m_patience(patience) {}

    // Goes on with the order under way, or begins one for `wish`. After an error or Waiting everything done so far is
    // kept.
    Result<EnrollmentResult> run(const Wish& wish);

 private:
    // In the order they are taken.
    Result<OrderRecord> begin(const Wish& wish) const;
    Result<void> makeKeys(const OrderRecord& record) const;
    Result<acme::Order> resume(OrderRecord& record, Conversation& conversation);
    Result<acme::Order> place(OrderRecord& record, Conversation& conversation);
    Result<std::optional<Waiting>> authorize(acme::Order& order, OrderRecord& record, Conversation& conversation);
    Result<void> finalize(acme::Order& order, const OrderRecord& record);
    Result<std::optional<Waiting>> awaitIssuance(acme::Order& order, const OrderRecord& record);
    Result<void> download(const acme::Order& order, const OrderRecord& record);
    Result<Enrolled> conclude(const OrderRecord& record) const;

    Result<acme::Order> fetch(const OrderRecord& record);
    Result<json::Value> finalizePayload(const OrderRecord& record) const;

    acme::Session& m_session;
    MailAccess& m_mail;
    RootCheck& m_roots;
    const MailboxFolder& m_folder;
    const Surroundings& m_around;
    seconds m_patience;
};

}  // namespace mailca::client
