#include "client/commands/commands.h"
#include "client/commands/holdings.h"

namespace mailca::client {
namespace {

Result<void> add(const MailboxFolder& folder, json::Array& mailboxes, std::string& text) {
    TRY(const std::optional<MailboxRecord> record, folder.record());
    TRY(const std::optional<OrderRecord> order, folder.order());
    if (!record && !order) return {};
    json::Array certificates;
    text += folder.mailbox().text() + "\n";
    if (record) {
        TRY(const std::vector<HeldCertificate> held, heldCertificates(folder, *record));
        for (const HeldCertificate& one : held) {
            certificates.push_back(describe(one, folder));
            text += line(one, folder);
        }
    }
    json::Value object = json::object({{"mailbox", folder.mailbox().text()}, {"certificates", certificates}});
    if (order) {
        object.set("orderUnderWay", json::object({{"profile", order->profile}, {"since", toRfc3339(order->started)}}));
        text += "  an order for " + order->profile + " is under way since " + toRfc3339(order->started) +
                ": run mailca enroll " + folder.mailbox().text() + " again\n";
    }
    mailboxes.push_back(std::move(object));
    return {};
}

}  // namespace

Result<Outcome> status(const Context& context, const StatusOptions& options) {
    std::vector<MailboxFolder> folders;
    if (options.mailbox) {
        folders.push_back(context.state.folder(*options.mailbox));
    } else {
        TRY(folders, context.state.folders());
    }
    json::Array mailboxes;
    std::string text;
    for (const MailboxFolder& folder : folders) TRY_VOID(add(folder, mailboxes, text));
    if (mailboxes.empty()) text = "nothing is enrolled on this machine\n";
    return Outcome{ExitCode::Done, json::object({{"mailboxes", mailboxes}}), std::move(text)};
}

}  // namespace mailca::client
