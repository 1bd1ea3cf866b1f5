#include "core/x509/facts.h"

#include <algorithm>
#include <array>

#include "core/crypto/algorithm.h"
#include "core/x509/builder.h"
#include "core/x509/der.h"

namespace mailca::x509 {
namespace {

using NamesPtr = crypto::Owned<GENERAL_NAMES, ::GENERAL_NAMES_free>;
using BitsPtr = crypto::Owned<ASN1_BIT_STRING, ::ASN1_BIT_STRING_free>;

}  // namespace

std::string dotted(const ASN1_OBJECT* object) {
    std::string out(static_cast<std::size_t>(std::max(0, ::OBJ_obj2txt(nullptr, 0, object, 1))) + 1, '\0');
    ::OBJ_obj2txt(out.data(), static_cast<int>(out.size()), object, 1);
    out.pop_back();
    return out;
}

std::optional<Time> timeOf(const ASN1_TIME* time) {
    std::tm parts{};
    if (time == nullptr || ::ASN1_TIME_to_tm(time, &parts) != 1) {
        crypto::dropOpensslErrors();
        return std::nullopt;
    }
    const std::chrono::year_month_day date{std::chrono::year{parts.tm_year + 1900},
                                           std::chrono::month{static_cast<unsigned>(parts.tm_mon + 1)},
                                           std::chrono::day{static_cast<unsigned>(parts.tm_mday)}};
    return Time{std::chrono::sys_days{date}} + std::chrono::hours{parts.tm_hour} + std::chrono::minutes{parts.tm_min} +
           seconds{parts.tm_sec};
}

std::optional<Serial> serialOf(const ASN1_INTEGER* number) {
    if (number == nullptr || ::ASN1_STRING_type(number) == V_ASN1_NEG_INTEGER) return std::nullopt;
    const auto serial = Serial::fromBytes(octetsOf(number));
    return serial ? std::optional(*serial) : std::nullopt;
}

std::string textOf(const X509_NAME* name) {
    const crypto::BioPtr bio(::BIO_new(::BIO_s_mem()));
    if (bio == nullptr || ::X509_NAME_print_ex(bio.get(), name, 0, XN_FLAG_RFC2253) < 0) {
        throw std::runtime_error(crypto::opensslError("a name cannot be written").detail);
    }
    return std::string(asText(crypto::written(bio.get())));
}

Result<std::vector<Extension>> extensionsOf(const STACK_OF(X509_EXTENSION) * stack) {
    std::vector<Extension> out;
    for (int i = 0; i < sk_X509_EXTENSION_num(stack); ++i) {
        X509_EXTENSION* raw = sk_X509_EXTENSION_value(stack, i);
        const ByteView value = octetsOf(::X509_EXTENSION_get_data(raw));
        Extension extension{dotted(::X509_EXTENSION_get_object(raw)), ::X509_EXTENSION_get_critical(raw) == 1,
                            Bytes(value.begin(), value.end())};
        if (findExtension(out, extension.oid) != nullptr) {
            return fail(ErrorKind::Parse, "the extension " + extension.oid + " stands twice");
        }
        out.push_back(std::move(extension));
    }
    return out;
}

const Extension* findExtension(const std::vector<Extension>& all, std::string_view oid) {
    const auto at = std::find_if(all.begin(), all.end(), [&](const Extension& e) { return e.oid == oid; });
    return at == all.end() ? nullptr : &*at;
}

Result<AlternativeNames> parseAlternativeNames(ByteView value) {
    const auto names = crypto::decodeDer<NamesPtr>(value, ::d2i_GENERAL_NAMES);
    if (names == nullptr) return fail(ErrorKind::Parse, "the subjectAltName is ill-formed");
    AlternativeNames out;
    for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
        if (name->type == GEN_EMAIL) {
            out.emails.emplace_back(asText(octetsOf(name->d.rfc822Name)));
        } else if (name->type == GEN_DNS) {
            out.dnsNames.emplace_back(asText(octetsOf(name->d.dNSName)));
        } else if (name->type == GEN_OTHERNAME && dotted(name->d.otherName->type_id) == kSmtpUtf8Mailbox &&
                   name->d.otherName->value->type == V_ASN1_UTF8STRING) {
            out.utf8Mailboxes.emplace_back(asText(octetsOf(name->d.otherName->value->value.utf8string)));
        } else {
            out.others = true;
        }
    }
    return out;
}

Result<unsigned> parseKeyUsage(ByteView value) {
    const auto bits = crypto::decodeDer<BitsPtr>(value, ::d2i_ASN1_BIT_STRING);
    if (bits == nullptr) return fail(ErrorKind::Parse, "the keyUsage is ill-formed");
    unsigned out = 0;
    for (int bit = 0; bit < 9; ++bit) {
        if (::ASN1_BIT_STRING_get_bit(bits.get(), bit) != 0) out |= 1u << bit;
    }
    return out;
}

std::optional<bool> verifySigned(ByteView der, const crypto::PublicKey& key) {
    const auto parts = der::splitSigned(der);
    if (!parts) return false;
    const auto algorithm = signatureAlgorithmOf(parts->algorithm);
    if (!algorithm || !crypto::fits(*algorithm, key.type())) return std::nullopt;
    return key.verify(*algorithm, parts->tbs, parts->signature).has_value();
}

std::vector<std::string> urisOf(const GENERAL_NAMES* names) {
    std::vector<std::string> out;
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
        if (name->type == GEN_URI) out.emplace_back(asText(octetsOf(name->d.uniformResourceIdentifier)));
    }
    return out;
}

}  // namespace mailca::x509
