#include <pwd.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <map>

#include "ca/signer/local_signer.h"
#include "ca/signer/sandbox.h"
#include "ca/signer/server.h"
#include "core/log.h"
#include "core/passphrase.h"

namespace {

using namespace mailca;
using ca::tsa::milliseconds;

constexpr int kFailed = 1;
constexpr int kUsage = 2;

struct Options {
    std::string authority, policies, passphrase, clientUser;
    int toleranceMs = 1000;
    bool unsynchronisedClock = false;
    log::Level logLevel = log::Level::Info;
    log::Format logFormat = log::Format::Text;
};

int complain(const Error& error) {
    std::fprintf(stderr, "mailca-signer: %s\n", error.detail.c_str());
    return error.kind == ErrorKind::Config ? kUsage : kFailed;
}

Result<::uid_t> clientOf(const std::string& user) {
    if (user.empty()) return ::geteuid();
    const ::passwd* entry = ::getpwnam(user.c_str());
    if (entry != nullptr) return entry->pw_uid;
    return fail(ErrorKind::Config, "--client-user: there is no user " + user);
}

Result<ca::SigningKeys> openKeys(const Options& options, const ca::Authority& authority) {
    TRY(const PassphraseSource source, PassphraseSource::parse(options.passphrase));
    TRY(const Secret passphrase, source.read("pass-phrase of the CA keys"));
    return ca::SigningKeys::open(options.authority, authority, passphrase);
}

// A token that came back is opened by the next process: sessions and keys of this one are gone with it.
[[noreturn]] void endWithoutKeys() {
    log::error("signer.token_lost",
               {{"why", "the token that holds the keys does not answer; ending, to be started anew"}});
    ::_exit(kFailed);
}

Result<void> serve(const Options& options) {
    ca::Socket listener(STDIN_FILENO);
    if (!listener.isListening()) {
        return fail(ErrorKind::Config,
                    "standard input is no listening socket: mailcad starts this program, or systemd "
                    "does (StandardInput=socket)");
    }
    const SystemClock clock;
    SystemRandom random;
    TRY(const ::uid_t client, clientOf(options.clientUser));
    TRY(const ca::Profiles profiles, ca::Profiles::load(options.policies));
    TRY(const ca::Authority authority, ca::Authority::open(options.authority));
    TRY(const ca::SigningKeys keys, openKeys(options, authority));
    const ca::tsa::KernelClock kernelClock{milliseconds{options.toleranceMs}};
    const ca::tsa::UncheckedClock uncheckedClock;
    const ca::tsa::TrustedClock* trusted = &kernelClock;
    if (options.unsynchronisedClock) trusted = &uncheckedClock;

    ca::LocalSigner signer(authority, keys, clock, random, {*trusted, milliseconds{options.toleranceMs}});
    ca::Door door(signer, profiles);
    ca::Server server(std::move(listener), door, client, endWithoutKeys);
    log::info("signer.serving", {{"keys", keys.inToken() ? "token" : "sealed files"}});
    TRY_VOID(ca::enterSandbox(keys.inToken() ? ca::KeyPlace::Token : ca::KeyPlace::Memory));
    server.open();
    server.wait();
    return fail(ErrorKind::Io, "the listening socket broke");
}

void addOptions(CLI::App& app, Options& options) {
    app.add_option("--authority", options.authority, "authority.toml, from the ceremony")->required();
    app.add_option("--policies", options.policies, "folder of the certificate profiles")->required();
    app.add_option("--passphrase", options.passphrase, "file:PATH, credential:NAME, descriptor:N or prompt")
        ->required();
    app.add_option("--client-user", options.clientUser, "whose processes may ask (else: this one's)");
    app.add_option("--timestamp-tolerance-ms", options.toleranceMs, "how far the clock may be from UTC")
        ->check(CLI::Range(1, 1000));
    app.add_flag("--unsynchronised-clock", options.unsynchronisedClock, "timestamps by any clock");
    const std::map<std::string, log::Level> levels{{"debug", log::Level::Debug},
                                                   {"info", log::Level::Info},
                                                   {"warning", log::Level::Warning},
                                                   {"error", log::Level::Error}};
    const std::map<std::string, log::Format> formats{{"text", log::Format::Text}, {"json", log::Format::Json}};
    app.add_option("--log-level", options.logLevel)->transform(CLI::CheckedTransformer(levels));
    app.add_option("--log-format", options.logFormat)->transform(CLI::CheckedTransformer(formats));
}

}  // namespace

int main(int argc, char** argv) {
    ca::leaveTheNetwork();
    CLI::App app{"mailca-signer: holds the CA keys, and signs what policy allows", "mailca-signer"};
    Options options;
    addOptions(app, options);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& wrong) {
        return app.exit(wrong) == 0 ? 0 : kUsage;
    }
    try {
        log::configure(options.logLevel, options.logFormat);
        if (const auto locked = crypto::lockKeyMemory(); !locked) return complain(locked.error());
        return complain(serve(options).error());
    } catch (const std::exception& broken) {
        std::fprintf(stderr, "mailca-signer: %s\n", broken.what());
        return kFailed;
    }
}
