#include "mail/dkim_verifier.h"

#include "mail/dkim_key_record.h"
#include "mail/dkim_library.h"
#include "mail/dkim_signature.h"

namespace mailca::mail {

namespace {

constexpr unsigned kMinRsaBits = 1024;  // RFC 8301 section 3.2
constexpr unsigned kEd25519Bits = 256;

DkimResult factsOf(const DkimSignature& signature) {
    DkimResult result;
    result.domain = signature.domain;
    result.selector = signature.selector;
    result.algorithm = signature.algorithm;
    result.identity = signature.identity;
    result.signedHeaders = signature.signedHeaders;
    result.hasLengthTag = signature.hasLengthTag;
    return result;
}

DkimResult with(DkimResult result, DkimVerdict verdict, std::string reason) {
    result.verdict = verdict;
    result.reason = std::move(reason);
    return result;
}

// What the library needs of a record that we have judged, and nothing that it would judge in its own way.
std::string bareRecord(const DkimKeyRecord& record) {
    return "v=DKIM1; k=" + record.type + "; p=" + record.publicKey;
}

}  // namespace

DkimVerifier::DkimVerifier(dns::Resolver& resolver, const Clock& clock)
    : m_resolver(resolver), m_clock(clock), m_library(std::make_unique<DkimLibrary>()) {}
DkimVerifier::~DkimVerifier() = default;

std::vector<DkimResult> DkimVerifier::verify(const Message& message, const std::optional<std::string>& domain) const {
    std::vector<DkimResult> results;
    for (const Header& header : message.headers()) {
        if (!equalNames(header.name, "DKIM-Signature")) continue;
        if (results.size() == kMaxDkimSignatures) break;
        results.push_back(verifyOne(message, header, domain));
        if (domain && results.back().verdict == DkimVerdict::TempFail) break;
    }
    return results;
}

DkimResult DkimVerifier::verifyOne(const Message& message, const Header& field,
                                   const std::optional<std::string>& domain) const {
    const Result<DkimSignature> signature = parseDkimSignature(field.value);
    if (!signature) return with({}, DkimVerdict::Fail, signature.error().detail);
    DkimResult result = factsOf(*signature);
    if (const auto checked = checkDkimSignature(*signature, m_clock.now()); !checked) {
        return with(std::move(result), DkimVerdict::Fail, checked.error().detail);
    }
    if (domain && result.domain != *domain) {
        return with(std::move(result), DkimVerdict::Fail, "it is another domain's");
    }
    if (!lookUpKey(signature->keyName(), result)) return result;

    const Result<DkimKeyRecord> record = parseDkimKeyRecord(result.keyRecord);
    if (!record) return with(std::move(result), DkimVerdict::Fail, record.error().detail);
    result.testingKey = record->hasFlag("y");
    if (const auto checked = checkDkimKeyRecord(*record, *signature); !checked) {
        return with(std::move(result), DkimVerdict::Fail, checked.error().detail);
    }
    const std::string bare = bareRecord(*record);
    if (bare.size() > DkimLibrary::kMaxKeyRecordBytes) {
        return with(std::move(result), DkimVerdict::Fail, "the key is too large");
    }
    const DkimCheck check = m_library->check(message, field, bare);
    result.keyBits = record->type == "rsa" ? check.keyBits : kEd25519Bits;
    if (!check.passed) return with(std::move(result), DkimVerdict::Fail, check.reason);
    if (record->type == "rsa" && result.keyBits < kMinRsaBits) {
        return with(std::move(result), DkimVerdict::Fail, "the key is too short");
    }
    return with(std::move(result), DkimVerdict::Pass, "");
}

bool DkimVerifier::lookUpKey(const std::string& name, DkimResult& result) const {
    dns::TxtAnswer answer = m_resolver.txt(name);
    result.dnssec = answer.security;
    switch (answer.status) {
        case dns::Status::Failed:
            result = with(std::move(result), DkimVerdict::TempFail, "the key cannot be looked up: " + answer.reason);
            return false;
        case dns::Status::NoData:
        case dns::Status::NoSuchName:
            result = with(std::move(result), DkimVerdict::Fail, "there is no key at " + name);
            return false;
        case dns::Status::Found:
            break;
    }
    if (answer.records.size() != 1) {  // J7
        result = with(std::move(result), DkimVerdict::Fail, "there are several records at " + name);
        return false;
    }
    result.keyRecord = std::move(answer.records.front());
    return true;
}

}  // namespace mailca::mail
