#include "enroll/va/bounce.h"

#include <algorithm>

#include "mail/delivery_report.h"

namespace mailca::va {
namespace {

constexpr std::size_t kMostAddresses = 8;

}  // namespace

std::optional<std::string> failureReported(const mail::Message& message) {
    if (!message.deliveryStatus()) return std::nullopt;
    for (const mail::RecipientStatus& one : mail::parseDeliveryStatus(*message.deliveryStatus())) {
        if (one.action != "failed" || !one.status.starts_with("5.")) continue;
        return one.diagnostic.empty() ? "status " + one.status : one.status + ", " + one.diagnostic;
    }
    return std::nullopt;
}

std::vector<EmailAddress> reportedTo(const mail::Message& message) {
    std::vector<EmailAddress> out;
    const auto add = [&out](const EmailAddress& address) {
        const bool tagged = address.local().find('+') != std::string::npos;
        if (tagged && out.size() < kMostAddresses && std::ranges::find(out, address) == out.end()) {
            out.push_back(address);
        }
    };
    // What delivered it to us says so; others may have rewritten To.
    for (const mail::Header& header : message.headers()) {
        if (!mail::equalNames(header.name, "Delivered-To") && !mail::equalNames(header.name, "X-Original-To")) continue;
        if (const auto address = EmailAddress::parse(mail::unfold(header.value))) add(*address);
    }
    for (const EmailAddress& address : message.to().mailboxes) add(address);
    return out;
}

}  // namespace mailca::va
