#include "client/command_line.h"

#include <CLI/CLI.hpp>

#include "client/enrollment/profile_keys.h"
#include "client/exchange/verification.h"
#include "core/x509/revocation_reason.h"

namespace mailca::client {
namespace {

// What CLI11 fills in, as text.
struct Words {
    std::string config, address, profile, keyType, reason, serial, role = "encrypt", from, as, input, output;
    std::vector<std::string> to;
    bool json = false, agreeTos = false, force = false, opaque = false, others = false;
    unsigned timeout = static_cast<unsigned>(kUsualPatience.count());
};

struct Commands {
    CLI::App *enroll, *renew, *certificates, *revoke, *lookup, *encrypt, *decrypt, *sign, *verify, *status;
};

void addFiles(CLI::App& command, Words& words) {
    command.add_option("-i,--in", words.input, "Read this file (default: standard input)");
    command.add_option("-o,--out", words.output, "Write this file (default: standard output)");
}

void addTimeout(CLI::App& command, Words& words) {
    command.add_option("--timeout", words.timeout,
                       "Seconds to wait for mail and server (default 180); then exit code 4");
}

Commands describe(CLI::App& app, Words& words) {
    app.require_subcommand(1);
    app.add_option("--config", words.config, "Configuration (default ~/.config/mailca/mailca.toml)");
    app.add_flag("--json", words.json, "The result as one JSON object");
    Commands out{};
    out.enroll = app.add_subcommand("enroll", "Get the certificates of a mailbox; run again, it resumes");
    out.enroll->add_option("address", words.address)->required();
    out.enroll->add_flag("--agree-tos", words.agreeTos, "Agree to the CA's terms of service");
    out.enroll->add_option("--profile", words.profile, "Profile or bundle (default smime-timestamp)");
    out.enroll->add_option("--key-type", words.keyType, "rsa2048, rsa3072, rsa4096, p256 or p384 for every key");
    addTimeout(*out.enroll, words);
    out.renew = app.add_subcommand("renew", "For cron: renew what is due");
    out.renew->add_option("address", words.address, "Only this mailbox");
    out.renew->add_flag("--force", words.force, "Renew even if nothing is due");
    addTimeout(*out.renew, words);
    out.certificates = app.add_subcommand("certificates", "Every certificate of a mailbox, other accounts' too");
    out.certificates->add_option("address", words.address)->required();
    out.revoke = app.add_subcommand("revoke", "Revoke this machine's certificates of a mailbox");
    out.revoke->add_option("address", words.address)->required();
    out.revoke->add_option("--reason", words.reason, "keyCompromise, superseded, cessationOfOperation, ...");
    out.revoke->add_option("--serial", words.serial,
                           "Only the one with this serial number (hexadecimal), whoever has it");
    out.revoke->add_flag("--others", words.others, "Those that other accounts got, and none of this machine's");
    out.lookup = app.add_subcommand("lookup", "What the exchange has of a mailbox, verified here");
    out.lookup->add_option("address", words.address)->required();
    out.lookup->add_option("--role", words.role, "encrypt (default), sign or timestamp");
    out.encrypt =
        app.add_subcommand("encrypt", "Encrypt to every verified certificate of the recipients and the sender");
    out.encrypt->add_option("--to", words.to, "Recipient; may be given several times")->required();
    out.encrypt->add_option("--from", words.from, "Sender (default: the only mailbox enrolled here)");
    addFiles(*out.encrypt, words);
    out.decrypt = app.add_subcommand("decrypt", "Decrypt with any key of this machine");
    addFiles(*out.decrypt, words);
    out.sign = app.add_subcommand("sign", "Sign as one of this machine's mailboxes: a multipart/signed mail entity");
    out.sign->add_option("--as", words.as, "Who signs (default: the only mailbox enrolled here)");
    out.sign->add_flag("--opaque", words.opaque, "The content inside the signature, as it is: application/pkcs7-mime");
    addFiles(*out.sign, words);
    out.verify = app.add_subcommand("verify", "Verify a signed mail, tell who signed it, write what was signed");
    out.verify->add_option("--from", words.from, "Who should have signed (default: the mail's From)");
    addFiles(*out.verify, words);
    out.status = app.add_subcommand("status", "Certificates of this machine and when they are renewed");
    out.status->add_option("address", words.address, "Only this mailbox");
    return out;
}

Result<EmailAddress> mailboxFrom(const std::string& text) {
    auto mailbox = EmailAddress::parse(text);
    if (!mailbox) return fail(ErrorKind::Config, "\"" + text + "\" is no mailbox address: " + mailbox.error().detail);
    return mailbox;
}

Result<std::optional<EmailAddress>> optionalMailbox(const std::string& text) {
    if (text.empty()) return std::optional<EmailAddress>();
    TRY(EmailAddress mailbox, mailboxFrom(text));
    return std::optional(std::move(mailbox));
}

Result<Command> enrollOf(const Words& words) {
    TRY(EmailAddress mailbox, mailboxFrom(words.address));
    if (!words.keyType.empty()) TRY_VOID(parseKeyType(words.keyType));
    return Command(EnrollOptions{std::move(mailbox), words.agreeTos ? TermsAgreement::Agreed : TermsAgreement::NotYet,
                                 words.profile, words.keyType, seconds(words.timeout)});
}

Result<int> reasonFrom(const std::string& name) {
    const auto code = name.empty() ? x509::kUnspecified : x509::revocationReasonNamed(name);
    if (code) return *code;
    return fail(ErrorKind::Config, "\"" + name + "\" is no reason; there are: " + x509::revocationReasonNames());
}

Result<Command> revokeOf(const Words& words) {
    TRY(EmailAddress mailbox, mailboxFrom(words.address));
    TRY(const int reason, reasonFrom(words.reason));
    if (words.others && !words.serial.empty()) return fail(ErrorKind::Config, "--others and --serial are two wishes");
    if (words.others) return Command(RevokeOptions{std::move(mailbox), reason, OfOthers{}});
    if (words.serial.empty()) return Command(RevokeOptions{std::move(mailbox), reason, OfThisMachine{}});
    const auto serial = Serial::fromHex(words.serial);
    if (!serial) return fail(ErrorKind::Config, "--serial " + words.serial + " is no serial number in hexadecimal");
    return Command(RevokeOptions{std::move(mailbox), reason, *serial});
}

Result<Command> encryptOf(const Words& words) {
    EncryptOptions options{{}, {}, words.input, words.output};
    for (const std::string& text : words.to) {
        TRY(EmailAddress mailbox, mailboxFrom(text));
        options.to.push_back(std::move(mailbox));
    }
    TRY(options.from, optionalMailbox(words.from));
    return Command(std::move(options));
}

Result<Command> signOf(const Words& words) {
    TRY(std::optional<EmailAddress> as, optionalMailbox(words.as));
    const auto form = words.opaque ? cms::SignatureForm::Opaque : cms::SignatureForm::Detached;
    return Command(SignOptions{std::move(as), form, words.input, words.output});
}

Result<Command> verifyOf(const Words& words) {
    TRY(std::optional<EmailAddress> from, optionalMailbox(words.from));
    return Command(VerifyOptions{std::move(from), words.input, words.output});
}

Result<Command> commandOf(const Commands& commands, const Words& words) {
    if (commands.enroll->parsed()) return enrollOf(words);
    if (commands.revoke->parsed()) return revokeOf(words);
    if (commands.encrypt->parsed()) return encryptOf(words);
    if (commands.decrypt->parsed()) return Command(DecryptOptions{words.input, words.output});
    if (commands.sign->parsed()) return signOf(words);
    if (commands.verify->parsed()) return verifyOf(words);
    if (commands.certificates->parsed()) {
        TRY(EmailAddress mailbox, mailboxFrom(words.address));
        return Command(CertificatesOptions{std::move(mailbox)});
    }
    if (commands.lookup->parsed()) {
        TRY(EmailAddress mailbox, mailboxFrom(words.address));
        TRY_VOID(purposeOf(words.role));
        return Command(LookupOptions{std::move(mailbox), words.role});
    }
    TRY(std::optional<EmailAddress> mailbox, optionalMailbox(words.address));
    if (commands.status->parsed()) return Command(StatusOptions{std::move(mailbox)});
    return Command(
        RenewOptions{std::move(mailbox), words.force ? RenewWhen::Now : RenewWhen::Due, seconds(words.timeout)});
}

}  // namespace

Result<std::variant<CommandLine, HelpText>> parseCommandLine(int argc, const char* const* argv) {
    CLI::App app("mailca: certificates for mailboxes, and the exchange they are looked up in", "mailca");
    Words words;
    const Commands commands = describe(app, words);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        const auto chosen = app.get_subcommands();
        return std::variant<CommandLine, HelpText>(HelpText{chosen.empty() ? app.help() : chosen.front()->help()});
    } catch (const CLI::ParseError& error) {
        return fail(ErrorKind::Config, std::string(error.what()) + " (mailca --help shows how)");
    }
    TRY(Command command, commandOf(commands, words));
    const OutputForm form = words.json ? OutputForm::Json : OutputForm::Text;
    return std::variant<CommandLine, HelpText>(CommandLine{words.config, form, std::move(command)});
}

}  // namespace mailca::client
