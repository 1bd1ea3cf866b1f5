// Who issued it and whom it names: issuer, subject, subjectAltName.
#include <array>
#include <set>

#include "ca/lint/rules.h"

namespace mailca::ca::lint {
namespace {

using Found = std::optional<std::string>;

constexpr std::size_t kMaxCommonName = 64;  // RFC 5280 appendix A, ub-common-name; D4

std::string wanted(const CertificateContext& context) {
    return context.mailbox ? " " + quoted(context.mailbox->text()) : ", of which there is none";
}

Found issuerName(const Inspected& it, const CertificateContext& context) {
    const Bytes expected = context.issuer == nullptr ? it.certificate.subjectDer() : context.issuer->subjectDer();
    if (same(it.tbs.issuer, expected)) return {};
    return "the issuer's name is not, byte for byte, the subject of the issuing CA";
}

Found subjectParts(const Inspected& it, const CertificateContext&) {
    const auto parts = readName(it.tbs.subject);
    if (!parts) return "the subject cannot be read";
    for (const NamePart& part : *parts) {
        if (part.oid != oid::kCommonName) return "the subject holds " + part.oid + " = " + quoted(part.value);
    }
    if (parts->size() > 1) return "the subject holds " + std::to_string(parts->size()) + " commonNames";
    return {};
}

Found subjectMailbox(const Inspected& it, const CertificateContext& context) {
    const auto parts = readName(it.tbs.subject);
    if (!parts || parts->empty()) return {};
    const std::string& name = parts->front().value;
    if (name.size() > kMaxCommonName)
        return "the commonName has " + std::to_string(name.size()) + " octets, more than 64";
    if (context.mailbox && name == context.mailbox->text()) return {};
    return "the commonName is " + quoted(name) + ", not the validated mailbox" + wanted(context);
}

Found subjectMeaningless(const Inspected& it, const CertificateContext&) {
    for (const NamePart& part : readName(it.tbs.subject).value_or(std::vector<NamePart>{})) {
        if (part.value.find_first_not_of(".- ") == std::string::npos) {
            return "the subject's " + part.oid + " is " + quoted(part.value) + ", which says nothing";
        }
    }
    return {};
}

Found caSubject(const Inspected& it, const CertificateContext&) {
    const auto parts = readName(it.tbs.subject);
    if (!parts) return "the subject cannot be read";
    std::multiset<std::string> oids;
    for (const NamePart& part : *parts) oids.insert(part.oid);
    for (const std::string_view wanted : {oid::kCountry, oid::kOrganization, oid::kCommonName}) {
        const std::size_t count = oids.count(std::string(wanted));
        if (count != 1) {
            return "the subject holds " + std::string(wanted) + " " + std::to_string(count) + " times, not once";
        }
    }
    return {};
}

// The GeneralName that RFC 9598 section 3 wants for this mailbox (A51, H5).
bool names(const Element& name, const EmailAddress& mailbox) {
    const std::string text = mailbox.text();
    if (mailbox.isAscii()) return name.tag == tag::primitive(1) && asText(name.content) == text;
    if (name.tag != tag::constructed(0)) return false;
    const auto parts = readElements(name.content);
    if (!parts || parts->size() != 2 || oidText(parts->front().content) != oid::kSmtpUtf8Mailbox) return false;
    const auto value = readOne(parts->back().content, tag::kUtf8String);
    return parts->back().tag == tag::constructed(0) && value && asText(value->content) == text;
}

Found subjectAltName(const Inspected& it, const CertificateContext& context) {
    const RawExtension* extension = it.tbs.extension(oid::kSubjectAltName);
    if (extension == nullptr) return "subjectAltName is missing";
    const auto found = readInside(extension->value, tag::kSequence);
    if (!found) return "subjectAltName cannot be read";
    if (found->size() != 1) return "subjectAltName holds " + std::to_string(found->size()) + " names, not one";
    const Element& name = found->front();
    if (context.mailbox && names(name, *context.mailbox)) return {};
    return "the name in subjectAltName (" + toHex(name.whole) + ") is not the rfc822Name or SmtpUTF8Mailbox of the " +
           "validated mailbox" + wanted(context);
}

Found subjectAltNameCritical(const Inspected& it, const CertificateContext&) {
    const RawExtension* extension = it.tbs.extension(oid::kSubjectAltName);
    const auto parts = readName(it.tbs.subject);
    if (extension == nullptr || !parts || extension->critical == parts->empty()) return {};
    return extension->critical ? "subjectAltName is critical although there is a subject"
                               : "subjectAltName is not critical although the subject is empty";
}

constexpr std::array kRules{
    Rule{"issuer-name", "D26", kAllKinds, issuerName},
    Rule{"subject-parts", "D3", kSubscribers, subjectParts},
    Rule{"subject-mailbox", "D4, D5", kSubscribers, subjectMailbox},
    Rule{"subject-meaningless", "D7", kAllKinds, subjectMeaningless},
    Rule{"ca-subject", "D30, E5", kCas | kUnits, caSubject},
    Rule{"subject-alt-name", "D6, A51, H5", kSubscribers, subjectAltName},
    Rule{"subject-alt-name-critical", "D6", kSubscribers, subjectAltNameCritical},
};

}  // namespace

std::span<const Rule> nameRules() {
    return kRules;
}

}  // namespace mailca::ca::lint
