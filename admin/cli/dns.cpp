#include <filesystem>
#include <ostream>

#include "admin/cli/commands.h"
#include "admin/cli/dns_text.h"
#include "core/email_address.h"
#include "core/secret_file.h"
#include "core/toml/table.h"

namespace mailca::admin {
namespace {

struct DkimKeyOf {
    std::string selector, record;
};

// What mailcad.toml says of the mail that goes out and of who may issue.
struct Identity {
    std::string domain;
    std::vector<DkimKeyOf> keys;
    std::vector<std::string> issuerDomains;
};

Result<DkimKeyOf> readKey(toml::Table& table, const std::filesystem::path& folder) {
    DkimKeyOf out;
    TRY(out.selector, table.string("selector"));
    TRY(const std::string file, table.string("key_file"));
    TRY_VOID(table.booleanOr("sign", true));  // published all the same: before its time, or after it
    TRY(const Secret pem, readSecretFile((folder / file).string()));
    TRY(const auto key, crypto::PrivateKey::fromPem(pem.text()));
    out.record = dkimRecord(key.publicKey());
    return out;
}

Result<Identity> readIdentity(const std::string& path) {
    TRY(toml::Table file, toml::Table::load(path));
    TRY(toml::Table mail, file.table("mail"));
    TRY(toml::Table caa, file.table("caa"));
    TRY(const std::string from, mail.string("from"));
    const auto address = EmailAddress::parse(from);
    if (!address) return mail.wrong("from", address.error().detail);
    Identity out{.domain = address->domain(), .keys = {}, .issuerDomains = {}};
    TRY(std::vector<toml::Table> keys, mail.tables("dkim"));
    for (toml::Table& one : keys) {
        TRY(DkimKeyOf key, readKey(one, std::filesystem::absolute(path).parent_path()));
        out.keys.push_back(std::move(key));
    }
    TRY(out.issuerDomains, caa.strings("issuer_domains"));
    return out;
}

// The host whose mail is ours: "mx", or a name.
Result<std::string> mechanismOf(const std::string& sender) {
    if (sender.empty()) return std::string("mx");
    const auto name = EmailAddress::parse("x@" + sender);
    if (!name) return fail(ErrorKind::Config, "--sender is the name of the host that hands out the mail");
    return "a:" + name->domain();
}

}  // namespace

Result<void> printDns(const DnsOptions& options, std::ostream& out) {
    TRY(const Identity identity, readIdentity(options.config));
    TRY(const std::string sender, mechanismOf(options.sender));
    const std::string& domain = identity.domain;
    out << "; By `mailca-admin dns`: what stands in the DNS for " << domain << ".\n"
        << "; Challenge mail is signed with these keys (J11). Keep a retired one for two days (A17).\n";
    for (const DkimKeyOf& key : identity.keys) {
        out << key.selector << "._domainkey." << domain << ". IN TXT ( " << inStrings(key.record) << " )\n";
    }
    out << "; Nobody else sends mail of this domain (J15).\n"
        << domain << ". IN TXT " << inStrings("v=spf1 " + sender + " -all") << "\n"
        << "_dmarc." << domain << ". IN TXT " << inStrings("v=DMARC1; p=reject; adkim=s; aspf=s") << "\n"
        << "; No CA issues for mailboxes of this domain: replies to challenges go there (A22, RFC 9495).\n"
        << domain << ". IN CAA 0 issuemail \";\"\n"
        << "; For subscribers, who let this CA alone issue for their mailboxes (C28); \"example.org\" stands for "
           "theirs:\n";
    for (const std::string& issuer : identity.issuerDomains) {
        out << "; example.org. IN CAA 0 issuemail \"" << issuer << "\"\n";
    }
    return {};
}

}  // namespace mailca::admin
