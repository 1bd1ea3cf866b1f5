// The token arithmetic of email-reply-00 (RFC 8823 section 3, standards A8-A10, A37).
#include <algorithm>

#include "core/crypto/hash.h"
#include "core/secret.h"
#include "enroll/va/email_reply.h"

namespace mailca::va {
namespace {

constexpr std::string_view kSubjectMark = "ACME:";
constexpr std::size_t kLongestToken = 128;  // ours have 32 characters (A7)

bool isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f';
}

bool isBase64Url(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

}  // namespace

std::string expectedDigest(std::string_view tokenPart1, std::string_view tokenPart2, std::string_view thumbprint) {
    std::string keyAuthorization;
    keyAuthorization.append(tokenPart1).append(tokenPart2).append(".").append(thumbprint);
    std::string digest = toBase64Url(crypto::sha256(asBytes(keyAuthorization)));
    wipe(keyAuthorization);  // it holds part 1, which is never kept (A6)
    return digest;
}

std::optional<std::string> tokenOfSubject(std::string_view decodedSubject) {
    const std::size_t mark = decodedSubject.rfind(kSubjectMark);
    if (mark == std::string_view::npos) return std::nullopt;
    std::string token(decodedSubject.substr(mark + kSubjectMark.size()));
    std::erase_if(token, isBlank);
    const bool wellFormed = !token.empty() && token.size() <= kLongestToken && std::ranges::all_of(token, isBase64Url);
    if (!wellFormed) return std::nullopt;
    return token;
}

}  // namespace mailca::va
