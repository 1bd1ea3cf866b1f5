#include <signal.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "core/crypto/key.h"
#include "core/log.h"
#include "daemon/daemon.h"

namespace {

constexpr int kFailed = 1;
constexpr int kUsage = 2;

int complain(const mailca::Error& error) {
    std::fprintf(stderr, "mailcad: %s\n", error.detail.c_str());
    return error.kind == mailca::ErrorKind::Config ? kUsage : kFailed;
}

int serve(const mailca::daemon::Config& config) {
    // Blocked before any thread exists, so that every thread inherits it and this one alone waits for it.
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGTERM);
    ::sigaddset(&signals, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    const auto daemon = mailca::daemon::Daemon::start(config);
    if (!daemon) return complain(daemon.error());
    int signal = 0;
    ::sigwait(&signals, &signal);
    mailca::log::info("daemon.stopping");
    (*daemon)->stop();
    mailca::log::info("daemon.stopped");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app{"mailcad: certificate authority and key exchange for mailboxes", "mailcad"};
    std::string path;
    bool checkOnly = false;
    app.add_option("--config", path, "configuration file (docs/cli.md lists its keys)")->required();
    app.add_flag("--check", checkOnly, "check configuration, keys and database, then exit");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& wrong) {
        return app.exit(wrong) == 0 ? 0 : kUsage;
    }
    try {
        const auto config = mailca::daemon::Config::load(path);
        if (!config) return complain(config.error());
        mailca::log::configure(config->logLevel, config->logFormat);
        if (const auto locked = mailca::crypto::lockKeyMemory(); !locked) return complain(locked.error());
        if (!checkOnly) return serve(*config);
        if (const auto good = mailca::daemon::Daemon::check(*config); !good) return complain(good.error());
        std::puts("mailcad: configuration, keys and database are good");
        return 0;
    } catch (const std::exception& broken) {
        std::fprintf(stderr, "mailcad: %s\n", broken.what());
        return kFailed;
    }
}
