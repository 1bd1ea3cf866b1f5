#include <pthread.h>

#include <csignal>
#include <iostream>
#include <thread>

#include "bench/load/load.h"
#include "bench/load/options.h"
#include "bench/load/resume.h"
#include "bench/load/smtp_receiver.h"

namespace mailca::bench {
namespace {

using std::chrono::steady_clock;

// SIGTERM and SIGINT as a stop token. Made before any other thread, which then has them blocked.
class Stopping {
 public:
    Stopping() {
        sigemptyset(&m_signals);
        for (const int one : {SIGTERM, SIGINT}) sigaddset(&m_signals, one);
        pthread_sigmask(SIG_BLOCK, &m_signals, nullptr);
        m_waiting = std::jthread([this](const std::stop_token& end) {
            const ::timespec look{0, 100'000'000};
            while (!end.stop_requested()) {
                if (sigtimedwait(&m_signals, nullptr, &look) > 0) m_source.request_stop();
            }
        });
    }
    std::stop_token token() const { return m_source.get_token(); }

 private:
    sigset_t m_signals{};
    std::stop_source m_source;
    std::jthread m_waiting;
};

std::vector<Wanted> wantedOf(const Options& options) {
    if (options.members.empty()) return {{options.profile, {options.profile}}};
    if (!options.singly) return {{options.profile, options.members}};
    std::vector<Wanted> out;
    for (const std::string& member : options.members) out.push_back({member, {member}});
    return out;
}

void awaitLine() {
    std::cout << "ready" << std::endl;
    std::string line;
    std::getline(std::cin, line);
}

bool load(World& world, const Options& options, Random& random, const std::stop_token& stop) {
    Plan plan;
    plan.inFlight = options.inFlight;
    plan.count = options.count;
    if (options.seconds) plan.end = steady_clock::now() + seconds{*options.seconds};
    plan.name = options.name.empty() ? toHex(random.bytes(4)) + "-" : options.name;
    auto start = steady_clock::now();
    const auto whenReady = [&start] {
        awaitLine();
        start = steady_clock::now();
    };
    const Tally tally = options.mode == Mode::Issue   ? runIssue(world, plan, whenReady, stop)
                        : options.mode == Mode::Renew ? runRenewals(world, plan, whenReady, stop)
                                                      : runLoad(world, plan, stop);
    tally.print(std::cout, std::chrono::duration<double>(steady_clock::now() - start).count());
    return tally.failed.empty();
}

bool resumeAll(World& world, const Options& options, const std::map<std::string, Trace>& traces,
               const std::stop_token& stop) {
    const Resumption outcome = resume(world, traces, options.inFlight, stop);
    for (const std::string& breach : outcome.breaches) std::cout << "breach: " << breach << "\n";
    std::cout << "checked: " << outcome.checked << "\ncontinued: " << outcome.continued << "\nvalid: " << outcome.valid
              << "\ninvalid: " << outcome.invalid << "\nextra_mails: " << outcome.extraMails
              << "\nbreaches: " << outcome.breaches.size() << "\n";
    return outcome.breaches.empty();
}

// A server that is only just starting gets the driver's patience: its mails find the driver listening.
Result<client::acme::Directory> awaitDirectory(const Options& options, const std::stop_token& stop) {
    const auto deadline = steady_clock::now() + seconds{options.patience};
    client::CurlHttp http({});
    while (true) {
        auto directory = client::acme::fetchDirectory(http, options.directory);
        const bool later = !directory && isNoEnd(directory.error()) && steady_clock::now() < deadline;
        if (!later || stop.stop_requested()) return directory;
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
}

// Whether all went well.
Result<bool> run(Options options, const std::stop_token& stop) {
    SystemClock clock;
    SystemRandom random;
    std::map<std::string, Trace> traces;
    if (options.mode == Mode::Resume) {
        TRY(traces, readJournal(options.journal));
    }
    TRY(Journal journal, options.journal.empty() ? Result<Journal>(Journal()) : Journal::open(options.journal));
    TRY(const std::unique_ptr<Postbox> postbox,
        Postbox::open(options.journal.empty() ? "" : options.journal + ".mail", journal));
    TRY(Mailer mailer, Mailer::create(options.maildir, std::move(options.replyKeys), clock, random));
    TRY(const std::unique_ptr<SmtpReceiver> receiver,
        SmtpReceiver::start(options.smtpPort, [&postbox](const std::string& recipient, std::string_view message) {
            return postbox->take(recipient, message);
        }));
    TRY(client::acme::Directory directory, awaitDirectory(options, stop));
    World world{std::move(directory), wantedOf(options), seconds{options.patience}, journal, *postbox, mailer,
                options.lostReplies};
    return options.mode == Mode::Resume ? resumeAll(world, options, traces, stop) : load(world, options, random, stop);
}

int program(int argc, const char* const* argv) {
    auto options = readOptions(argc, argv);
    if (!options) {
        if (options.error().detail.empty()) return 0;
        std::cerr << "mailca-load: " << options.error().detail << "\n";
        return 2;
    }
    const Stopping stopping;
    const auto well = run(*std::move(options), stopping.token());
    if (!well) {
        std::cerr << "mailca-load: " << well.error().text() << "\n";
        return 1;
    }
    return *well ? 0 : 1;
}

}  // namespace
}  // namespace mailca::bench

int main(int argc, char** argv) {
    return mailca::bench::program(argc, argv);
}
