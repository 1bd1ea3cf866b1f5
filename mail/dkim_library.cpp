#include "mail/dkim_library.h"

#include <stdbool.h>  // NOLINT(modernize-deprecated-headers): its _Bool is what dkim.h wants in C++
#include <sys/types.h>

extern "C" {
#include <dkim.h>
}

#include <cstring>
#include <new>
#include <stdexcept>
#include <vector>

namespace mailca::mail {

namespace {

// libopendkim compares t= and x= with the system's clock; we have done that already, with ours. A drift of 31 years
// takes its own check out. More would not do: it computes t= minus drift without a sign.
constexpr std::uint64_t kNoClock = 1'000'000'000;

struct HandleFree {
    void operator()(DKIM* handle) const { ::dkim_free(handle); }
};
using Handle = std::unique_ptr<DKIM, HandleFree>;

// Called by libopendkim; the record was looked up before.
DKIM_CBSTAT giveKey(DKIM* handle, DKIM_SIGINFO*, u_char* buffer, size_t size) {
    const auto* record = static_cast<const std::string*>(::dkim_get_user_context(handle));
    if (record == nullptr || record->size() >= size) return DKIM_CBSTAT_ERROR;
    std::memcpy(buffer, record->c_str(), record->size() + 1);
    return DKIM_CBSTAT_CONTINUE;
}

// libopendkim's interface takes pointers to non-const and does not write.
u_char* octets(const std::string& text) {
    return reinterpret_cast<u_char*>(const_cast<char*>(text.data()));
}

DkimCheck failed(std::string reason) {
    return {false, 0, std::move(reason)};
}

bool feedHeaders(DKIM* handle, const Message& message, const Header& signature) {
    for (const Header& header : message.headers()) {
        // A signature is no matter of the others, and a malformed one would stop the library.
        if (equalNames(header.name, DKIM_SIGNHEADER) && &header != &signature) continue;
        const std::string field = header.name + ":" + header.value;
        if (::dkim_header(handle, octets(field), field.size()) != DKIM_STAT_OK) return false;
    }
    return ::dkim_eoh(handle) == DKIM_STAT_OK;
}

bool feedBody(DKIM* handle, const Message& message) {
    std::string body = message.wire().substr(message.bodyOffset());
    // RFC 6376 sections 3.4.3 and 3.4.4 add a missing line end; libopendkim does not.
    if (!body.empty() && !body.ends_with("\r\n")) body += "\r\n";
    if (!body.empty() && ::dkim_body(handle, octets(body), body.size()) != DKIM_STAT_OK) return false;
    ::dkim_eom(handle, nullptr);  // its answer is that of the one signature below
    return true;
}

DkimCheck outcome(DKIM* handle) {
    DKIM_SIGINFO** signatures = nullptr;
    int count = 0;
    if (::dkim_getsiglist(handle, &signatures, &count) != DKIM_STAT_OK || count != 1) {
        return failed("libopendkim cannot read the signature");
    }
    DkimCheck check;
    ::dkim_sig_getkeysize(signatures[0], &check.keyBits);
    const bool verified = (::dkim_sig_getflags(signatures[0]) & DKIM_SIGFLAG_PASSED) != 0;
    const bool sameBody = ::dkim_sig_getbh(signatures[0]) == DKIM_SIGBH_MATCH;
    check.passed = verified && sameBody && ::dkim_sig_geterror(signatures[0]) == DKIM_SIGERROR_OK;
    if (check.passed) return check;
    const char* why = ::dkim_sig_geterrorstr(::dkim_sig_geterror(signatures[0]));
    check.reason = verified && !sameBody ? "the body was changed" : why == nullptr ? "does not verify" : why;
    return check;
}

}  // namespace

DkimLibrary::DkimLibrary() : m_library(::dkim_init(nullptr, nullptr), ::dkim_close) {
    if (m_library == nullptr) throw std::bad_alloc();
    std::uint64_t drift = kNoClock;
    if (::dkim_set_key_lookup(m_library.get(), giveKey) != DKIM_STAT_OK ||
        ::dkim_options(m_library.get(), DKIM_OP_SETOPT, DKIM_OPTS_CLOCKDRIFT, &drift, sizeof drift) != DKIM_STAT_OK) {
        throw std::runtime_error("libopendkim refuses its settings");
    }
}

DkimLibrary::~DkimLibrary() = default;

DkimCheck DkimLibrary::check(const Message& message, const Header& signature, const std::string& keyRecord) const {
    DKIM_STAT status = DKIM_STAT_OK;
    const Handle handle(::dkim_verify(m_library.get(), reinterpret_cast<const u_char*>("mailca"), nullptr, &status));
    if (handle == nullptr) throw std::bad_alloc();
    ::dkim_set_user_context(handle.get(), const_cast<std::string*>(&keyRecord));
    if (!feedHeaders(handle.get(), message, signature)) return failed("libopendkim cannot read the headers");
    if (!feedBody(handle.get(), message)) return failed("libopendkim cannot read the body");
    return outcome(handle.get());
}

}  // namespace mailca::mail
