#include "mail/dkim_signer.h"

#include <algorithm>
#include <array>

#include "core/crypto/hash.h"
#include "core/crypto/key.h"
#include "dns/resolver.h"
#include "mail/dkim_canonical.h"
#include "mail/header_split.h"

namespace mailca::mail {

namespace {

using crypto::KeyType;
using crypto::SignatureAlgorithm;

constexpr int kMinRsaBits = 2048;
constexpr std::size_t kEd25519KeyBytes = 32;

// A27, A28. Fields that a mail does not have are signed as empty, so that nobody can add them; the last three once more
// than a mail has them (J11).
constexpr std::array<std::string_view, 28> kSignedHeaders = {"from",
                                                             "sender",
                                                             "reply-to",
                                                             "to",
                                                             "cc",
                                                             "subject",
                                                             "date",
                                                             "in-reply-to",
                                                             "references",
                                                             "message-id",
                                                             "auto-submitted",
                                                             "content-type",
                                                             "content-transfer-encoding",
                                                             "resent-date",
                                                             "resent-from",
                                                             "resent-to",
                                                             "resent-cc",
                                                             "list-id",
                                                             "list-help",
                                                             "list-unsubscribe",
                                                             "list-subscribe",
                                                             "list-post",
                                                             "list-owner",
                                                             "list-archive",
                                                             "list-unsubscribe-post",
                                                             "from",
                                                             "to",
                                                             "subject"};

std::string headerList() {
    std::string list;
    for (const std::string_view name : kSignedHeaders) {
        if (!list.empty()) list += ':';
        list += name;
    }
    return list;
}

// RFC 6376 section 5.4.2: a name stands for the lowest field of that name that no earlier mention took; none left,
// nothing.
std::string signedFields(const std::vector<Header>& headers) {
    std::string data;
    std::vector<bool> taken(headers.size(), false);
    for (const std::string_view name : kSignedHeaders) {
        for (std::size_t i = headers.size(); i-- > 0;) {
            const Header& header = headers[i];
            if (taken[i] || !equalNames(header.name, name)) continue;
            taken[i] = true;
            data += relaxedHeader(header) + "\r\n";
            break;
        }
    }
    return data;
}

struct LoadedKey {
    std::string domain;
    std::string selector;
    crypto::PrivateKey key;

    bool isRsa() const { return key.type() == KeyType::Rsa; }
};

Result<LoadedKey> load(DkimKey spec) {
    const std::string what = "DKIM key " + spec.selector + "._domainkey." + spec.domain;
    const std::string name = spec.selector + "._domainkey." + spec.domain;
    if (!dns::isQueryName(name) || spec.selector.empty() || spec.domain.find('.') == std::string::npos) {
        return fail(ErrorKind::Config, what + ": that is not a name in the DNS");
    }
    auto key = crypto::PrivateKey::fromPem(spec.pem.text());
    if (!key)
        return fail(ErrorKind::Config, what + ": the private key cannot be read, it must be PEM without a pass-phrase");
    const bool rsa = key->type() == KeyType::Rsa && key->publicKey().bits() >= kMinRsaBits;
    if (!rsa && key->type() != KeyType::Ed25519) {
        return fail(ErrorKind::Config, what + ": the key must be RSA of 2048 bits or more, or Ed25519");
    }
    return LoadedKey{std::move(spec.domain), std::move(spec.selector), std::move(*key)};
}

Result<std::string> signatureField(const LoadedKey& key, const std::string& fields, const std::string& bodyHash,
                                   Time now, seconds lifetime) {
    // The one long line of h= has no fold: a client in the field cannot read it otherwise (interop 5.1), nor a ";" at
    // the end.
    const std::string value =
        std::string(" v=1; a=") + (key.isRsa() ? "rsa" : "ed25519") + "-sha256; c=relaxed/relaxed; d=" + key.domain +
        "; s=" + key.selector + ";\r\n\tt=" + std::to_string(toUnix(now)) +
        "; x=" + std::to_string(toUnix(now + lifetime)) + "; bh=" + bodyHash + ";\r\n\th=" + headerList() + ";\r\n\tb=";
    const std::string data = fields + relaxedHeader({"DKIM-Signature", value});
    // RFC 8463 section 3: Ed25519 signs the SHA-256 digest, as RSA does.
    const Result<Bytes> signature = key.isRsa()
                                        ? key.key.sign(SignatureAlgorithm::RsaSha256, asBytes(data))
                                        : key.key.sign(SignatureAlgorithm::Ed25519, crypto::sha256(asBytes(data)));
    if (!signature) return signature.error();
    return "DKIM-Signature:" + value + toBase64(*signature) + "\r\n";
}

}  // namespace

struct DkimSigner::State {
    std::vector<LoadedKey> keys;
    seconds lifetime;
};

Result<DkimSigner> DkimSigner::create(std::vector<DkimKey> keys, seconds lifetime) {
    if (keys.empty()) return fail(ErrorKind::Config, "no DKIM key: every mail we send has to be signed");
    if (lifetime <= 0s) return fail(ErrorKind::Config, "the lifetime of DKIM signatures must be positive");
    auto state = std::make_unique<State>();
    state->lifetime = lifetime;
    for (DkimKey& spec : keys) {
        TRY(LoadedKey key, load(std::move(spec)));
        if (!state->keys.empty() && key.domain != state->keys.front().domain) {
            return fail(ErrorKind::Config,
                        "DKIM keys of two domains, " + state->keys.front().domain + " and " + key.domain);
        }
        state->keys.push_back(std::move(key));
    }
    // Some clients read the first signature only, and RSA is what all of them know (interop 5.1).
    std::stable_partition(state->keys.begin(), state->keys.end(), [](const LoadedKey& key) { return key.isRsa(); });
    return DkimSigner(std::move(state));
}

DkimSigner::DkimSigner(std::unique_ptr<const State> state) : m_state(std::move(state)) {}
DkimSigner::DkimSigner(DkimSigner&&) noexcept = default;
DkimSigner& DkimSigner::operator=(DkimSigner&&) noexcept = default;
DkimSigner::~DkimSigner() = default;

Result<std::string> DkimSigner::sign(std::string_view text, Time now) const {
    if (withCrlf(text) != text) return fail(ErrorKind::Malformed, "a mail to be signed must have CRLF line ends");
    TRY(const Head head, splitHead(text));
    const auto from = EmailAddress::parse(firstField(head.headers, "From").value_or(""));
    const auto froms =
        std::ranges::count_if(head.headers, [](const Header& one) { return equalNames(one.name, "From"); });
    const std::string& domain = m_state->keys.front().domain;
    if (!from || froms != 1 || from->domain() != domain) {
        return fail(ErrorKind::Malformed, "a mail signed for " + domain + " must come from one mailbox there");
    }
    const std::string fields = signedFields(head.headers);
    const std::string body = relaxedBody(text.substr(head.bodyOffset));
    const std::string bodyHash = toBase64(crypto::sha256(asBytes(body)));
    std::string signatures;
    for (const LoadedKey& key : m_state->keys) {
        TRY(const std::string field, signatureField(key, fields, bodyHash, now, m_state->lifetime));
        signatures += field;
    }
    return signatures + std::string(text);
}

std::vector<DkimSigner::DnsRecord> DkimSigner::dnsRecords() const {
    std::vector<DnsRecord> records;
    for (const LoadedKey& key : m_state->keys) {
        const Bytes spki = key.key.publicKey().spki();
        // RFC 8463 section 4: the bare key, which is what the SPKI ends with (RFC 8410 section 4).
        const ByteView bytes = key.isRsa() ? ByteView(spki) : ByteView(spki).last(kEd25519KeyBytes);
        records.push_back({key.selector + "._domainkey." + key.domain,
                           std::string("v=DKIM1; k=") + (key.isRsa() ? "rsa" : "ed25519") + "; p=" + toBase64(bytes)});
    }
    return records;
}

}  // namespace mailca::mail
