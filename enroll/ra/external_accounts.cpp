#include "enroll/ra/external_accounts.h"

#include <algorithm>

#include "core/crypto/hash.h"
#include "core/jose/mac_jws.h"

namespace mailca::ra {
namespace {

constexpr std::size_t kMostEntries = 1000;
constexpr std::size_t kLongestComment = 200;

// The spelling that addresses and their domains have (standards H1-H12).
Result<std::string> normalized(const std::string& entry) {
    const bool address = entry.find('@') != std::string::npos;
    const auto parsed = EmailAddress::parse(address ? entry : "somebody@" + entry);
    if (!parsed) {
        return fail(ErrorKind::Malformed, entry + " is neither an address nor a domain: " + parsed.error().detail);
    }
    return address ? parsed->text() : parsed->domain();
}

Error noSuchKey() {  // the same for an unknown key and for a wrong MAC: nobody can try out which keys exist
    return fail(ErrorKind::Unauthorized,
                "the externalAccountBinding is not good: its kid is unknown, revoked or used up, or the MAC is wrong");
}

}  // namespace

bool allows(const std::vector<std::string>& allowed, const EmailAddress& mailbox) {
    return allowed.empty() || std::ranges::any_of(allowed, [&](const std::string& entry) {
               return entry.find('@') == std::string::npos ? entry == mailbox.domain() : entry == mailbox.text();
           });
}

ExternalAccounts::ExternalAccounts(ExternalAccountBook& book, Secret secret, const Clock& clock, Random& random)
    : m_book(book), m_secret(std::move(secret)), m_clock(clock), m_random(random) {}

Secret ExternalAccounts::macKeyOf(const std::string& id) const {
    Bytes derived = crypto::hmacSha512(m_secret.view(), asBytes("external account " + id));
    return Secret::take(derived);
}

// Id and key are handed to other people's clients on a command line, where what begins with "-" is taken for an option
// (certbot refuses it). In base64url that is a first octet whose upper six bits are 62 (RFC 4648 section 5).
std::string ExternalAccounts::typeableId() {
    const auto beginsWithDash = [](std::uint8_t first) { return first >> 2 == 62; };
    std::string id;
    do id = m_random.token(16);
    while (id.front() == '-' || beginsWithDash(macKeyOf(id).view().front()));
    return id;
}

Result<ExternalAccounts::Made> ExternalAccounts::create(const Limits& limits) {
    if (limits.allowed.size() > kMostEntries || limits.comment.size() > kLongestComment) {
        return fail(ErrorKind::Malformed, "a key takes at most " + std::to_string(kMostEntries) +
                                              " addresses and domains, and a comment of " +
                                              std::to_string(kLongestComment) + " octets");
    }
    if (limits.mostUses && *limits.mostUses < 1) return fail(ErrorKind::Malformed, "a key is used once or more often");
    ExternalKey key{.id = typeableId(),
                    .comment = limits.comment,
                    .allowed = {},
                    .mostUses = limits.mostUses,
                    .createdAt = m_clock.now()};
    for (const std::string& entry : limits.allowed) {
        TRY(std::string spelled, normalized(entry));
        key.allowed.push_back(std::move(spelled));
    }
    TRY_VOID(m_book.create(key));
    Secret macKey = macKeyOf(key.id);
    return Made{std::move(key), std::move(macKey)};
}

Result<void> ExternalAccounts::revoke(const std::string& id) {
    return m_book.revoke({id, m_clock.now()});
}

Result<ExternalAccount> ExternalAccounts::verify(const json::Value& binding, const jose::Jwk& key,
                                                 const std::string& url) const {
    TRY(const jose::MacJws jws, jose::parseMacJws(binding));
    if (jws.url != url) {
        return fail(ErrorKind::Malformed, "the url of the externalAccountBinding is not that of the request: " + url);
    }
    TRY(const json::Value inner, json::parse(jws.payload));
    TRY(const jose::Jwk bound, jose::parseJwk(inner));
    if (bound.thumbprint != key.thumbprint) {
        return fail(ErrorKind::Malformed, "the payload of the externalAccountBinding is not the account's key");
    }
    TRY(const auto found, m_book.find(jws.keyId));
    const bool good = jose::verifyMac(jws, macKeyOf(jws.keyId));
    const bool usedUp = found && found->mostUses && found->uses >= *found->mostUses;
    if (!good || !found || found->revokedAt || usedUp) return noSuchKey();
    return ExternalAccount{found->id, binding.dump(), found->allowed};
}

}  // namespace mailca::ra
