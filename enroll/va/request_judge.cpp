#include "enroll/va/request_judge.h"

#include <algorithm>

namespace mailca::va {
namespace {

bool names(const std::string& text, const EmailAddress& mailbox) {
    const auto parsed = EmailAddress::parse(text);
    return parsed && *parsed == mailbox;
}

Result<void> checkAll(const std::vector<std::string>& found, const EmailAddress& mailbox, const std::string& where) {
    const bool good = std::ranges::all_of(found, [&](const std::string& name) { return names(name, mailbox); });
    if (good) return {};
    return fail(ErrorKind::BadCsr, "the CSR's " + where + " names something other than the order's mailbox " +
                                       mailbox.text() + "; name that mailbox and nothing else");
}

// A common name without "@" names no mailbox; it is ignored like the rest of the subject, and never copied (A55).
std::vector<std::string> mailboxesOfSubject(const x509::CertificateRequest& request) {
    std::vector<std::string> found = request.subjectEmails();
    std::ranges::copy_if(request.subjectCommonNames(), std::back_inserter(found),
                         [](const std::string& name) { return name.find('@') != std::string::npos; });
    return found;
}

}  // namespace

Result<VerifiedRequest> RequestJudge::judge(x509::CertificateRequest request, const EmailAddress& mailbox) {
    const std::vector<std::string> subject = mailboxesOfSubject(request);
    if (request.emailNames().empty() && subject.empty()) {
        return fail(ErrorKind::BadCsr, "the CSR names no mailbox; put " + mailbox.text() + " into its subjectAltName");
    }
    if (request.hasOtherNames()) {
        return fail(ErrorKind::BadCsr, "the CSR's subjectAltName has names that are no mailboxes; leave them out");
    }
    TRY_VOID(checkAll(request.emailNames(), mailbox, "subjectAltName"));
    TRY_VOID(checkAll(request.dnsNames(), mailbox, "subjectAltName (dNSName)"));  // A54: the mailbox itself is ignored
    TRY_VOID(checkAll(subject, mailbox, "subject"));
    TRY_VOID(request.verifySignature());
    return VerifiedRequest(std::move(request), mailbox);
}

}  // namespace mailca::va
