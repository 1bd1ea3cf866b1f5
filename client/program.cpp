#include "client/program.h"

#include <sys/stat.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>

#include "client/command_line.h"
#include "client/commands/commands.h"
#include "client/http.h"
#include "core/crypto/key.h"

namespace mailca::client {
namespace {

Result<Outcome> carryOut(const CommandLine& line, Report& report) {
    const char* const home = std::getenv("HOME");
    const std::string homeText = home != nullptr ? home : "";
    if (line.config.empty() && homeText.empty()) return fail(ErrorKind::Config, "HOME is not set: use --config FILE");
    const std::filesystem::path file =
        line.config.empty() ? defaultConfigFile(homeText) : std::filesystem::path(line.config);
    TRY(const Config config, loadConfig(file, homeText));
    SystemDisk disk;
    TRY(const StateDirectory state, StateDirectory::open(config.stateDir, disk));
    CurlHttp http({.caFile = config.caFile});
    ConfiguredMail mail(config);
    const SystemClock clock;
    SystemRandom random;
    SystemPause pause;
    const Surroundings around{clock, random, pause, report};
    return execute(line.command, {config, state, http, mail, around, std::cin, line.form});
}

int show(const Outcome& outcome, OutputForm form) {
    if (form == OutputForm::Json) {
        std::cout << outcome.object.dump() << '\n';
    } else {
        std::cout << outcome.text;
    }
    std::cout.flush();
    if (!std::cout) {
        std::cerr << "mailca: standard output cannot be written\n";
        return static_cast<int>(ExitCode::Failed);
    }
    return static_cast<int>(outcome.code);
}

int runChecked(int argc, const char* const* argv) {
    StreamReport report(std::cerr);
    const auto parsed = parseCommandLine(argc, argv);
    if (!parsed) {
        std::cerr << "mailca: " << parsed.error().detail << '\n';
        return static_cast<int>(ExitCode::Usage);
    }
    if (const auto* help = std::get_if<HelpText>(&*parsed)) {
        std::cout << help->text;
        return static_cast<int>(ExitCode::Done);
    }
    const CommandLine& line = std::get<CommandLine>(*parsed);
    const Result<Outcome> outcome = carryOut(line, report);
    if (outcome) return show(*outcome, line.form);
    std::cerr << "mailca: " << outcome.error().detail << '\n';
    return show(outcomeOf(outcome.error()), line.form);
}

}  // namespace

int run(int argc, const char* const* argv) {
    std::signal(SIGPIPE, SIG_IGN);
    ::umask(077);
    try {
        if (auto locked = crypto::lockKeyMemory(); !locked) {
            std::cerr << "  note: " << locked.error().detail << '\n';
        }
        return runChecked(argc, argv);
    } catch (const std::exception& error) {
        std::cerr << "mailca: unexpected failure: " << error.what() << '\n';
        return static_cast<int>(ExitCode::Failed);
    }
}

}  // namespace mailca::client
