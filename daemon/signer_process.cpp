#include "daemon/signer_process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "core/log.h"

namespace mailca::daemon {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kShortestPause{1000}, kLongestPause{60'000};
constexpr milliseconds kPatience{5'000};  // until a signer that was told to end is killed
constexpr int kPassphraseDescriptor = 3;
constexpr int kCannotExecute = 127;

// What the child needs, made before the fork: afterwards only async-signal-safe calls are allowed.
struct Launch {
    const char* program;
    std::vector<char*> arguments;
    int listener;
    int passphrase;  // -1: none
    ::pid_t parent;
};

[[noreturn]] void becomeSigner(const Launch& launch) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != launch.parent) ::_exit(kCannotExecute);  // it has ended meanwhile
    ::setpgid(0, 0);  // a ^C on the terminal is for the daemon, which still needs its signer then
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::dup2(launch.listener, STDIN_FILENO);
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
    int first = kPassphraseDescriptor;
    if (launch.passphrase >= 0) {
        if (launch.passphrase == first) {
            ::fcntl(first, F_SETFD, 0);
        } else {
            ::dup2(launch.passphrase, first);
        }
        ++first;
    }
    ::close_range(static_cast<unsigned>(first), ~0U, 0);
    ::execv(launch.program, launch.arguments.data());
    ::_exit(kCannotExecute);
}

// A pipe with the secret in it, to be read once. It holds more than any pass-phrase has.
Result<ca::Socket> pipeWith(const Secret& secret) {
    int ends[2] = {-1, -1};
    if (::pipe2(ends, O_CLOEXEC) != 0) return fail(ErrorKind::Io, std::string("no pipe: ") + std::strerror(errno));
    ca::Socket reading(ends[0]);
    const ca::Socket writing(ends[1]);
    const ByteView octets = secret.view();
    if (::write(writing.get(), octets.data(), octets.size()) == static_cast<ssize_t>(octets.size())) return reading;
    return fail(ErrorKind::Io, "the pass-phrase cannot be handed to the signer");
}

std::string explain(int status) {
    if (WIFEXITED(status)) return "exit code " + std::to_string(WEXITSTATUS(status));
    const int signal = WTERMSIG(status);
    const std::string name = "signal " + std::to_string(signal) + " (" + ::strsignal(signal) + ")";
    return signal == SIGSYS ? name + ": it tried what its seccomp filter forbids" : name;
}

}  // namespace

Result<std::unique_ptr<SignerProcess>> SignerProcess::start(Plan plan) {
    std::error_code error;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
    std::string program = (self.parent_path() / "mailca-signer").string();
    if (error || ::access(program.c_str(), X_OK) != 0) {
        return fail(ErrorKind::Config, program + ": is not there; it has to lie beside mailcad");
    }
    TRY(ca::Socket listener, ca::Socket::listenAt(plan.socket));
    std::unique_ptr<SignerProcess> made(new SignerProcess(std::move(plan), std::move(listener), std::move(program)));
    TRY_VOID(made->spawn());
    made->m_supervisor = std::thread([process = made.get()] { process->supervise(); });
    return made;
}

SignerProcess::SignerProcess(Plan plan, ca::Socket listener, std::string program)
    : m_plan(std::move(plan)), m_listener(std::move(listener)), m_program(std::move(program)) {}

SignerProcess::~SignerProcess() {
    {
        std::unique_lock lock(m_mutex);
        m_stopping = true;
        if (m_child > 0) ::kill(m_child, SIGTERM);
        m_stopped.notify_all();
        // One that is stopped or hangs hears no SIGTERM; it has nothing to lose.
        if (!m_stopped.wait_for(lock, kPatience, [this] { return m_child < 0; })) ::kill(m_child, SIGKILL);
    }
    if (m_supervisor.joinable()) m_supervisor.join();
    ::unlink(m_plan.socket.c_str());
}

Result<void> SignerProcess::spawn() {
    ca::Socket passphrase;
    if (!m_plan.passphrase.empty()) {
        TRY(passphrase, pipeWith(m_plan.passphrase));
    }
    Launch launch{m_program.c_str(), {}, m_listener.get(), passphrase.get(), ::getpid()};
    launch.arguments.push_back(const_cast<char*>(m_program.c_str()));
    for (const std::string& argument : m_plan.arguments)
        launch.arguments.push_back(const_cast<char*>(argument.c_str()));
    launch.arguments.push_back(nullptr);

    const std::lock_guard lock(m_mutex);
    if (m_stopping) return {};
    const ::pid_t child = ::fork();
    if (child == 0) becomeSigner(launch);
    if (child < 0) return fail(ErrorKind::Io, std::string("the signer cannot be started: ") + std::strerror(errno));
    m_child = child;
    return {};
}

// The threads that start children live as long as this object: the kernel ends a child with the thread that made it.
void SignerProcess::supervise() {
    milliseconds pause = kShortestPause / 2;
    while (true) {
        const auto started = steady_clock::now();
        awaitEnd();
        pause = steady_clock::now() - started > kLongestPause ? kShortestPause : std::min(pause * 2, kLongestPause);
        Result<void> spawned;
        do {
            std::unique_lock lock(m_mutex);
            if (m_stopped.wait_for(lock, pause, [this] { return m_stopping; })) return;
            lock.unlock();
            spawned = spawn();
            if (!spawned) log::error("signer.not_started", {{"why", spawned.error().detail}});
        } while (!spawned);
        log::warning("signer.started_again");
    }
}

void SignerProcess::awaitEnd() {
    ::siginfo_t info{};
    // Left to be waited for: until then its number is nobody else's, and may be sent a signal.
    ::waitid(P_PID, static_cast<::id_t>(m_child), &info, WEXITED | WNOWAIT);
    const std::lock_guard lock(m_mutex);
    if (m_child < 0) return;  // stopping: none was started any more
    int status = 0;
    ::waitpid(m_child, &status, 0);
    m_child = -1;
    m_stopped.notify_all();
    if (m_stopping) return;
    const std::string how = explain(status);
    log::error("signer.ended", {{"how", how}, {"then", "nothing is signed until it serves again"}});
    const bool configuration = WIFEXITED(status) && WEXITSTATUS(status) == 2;
    m_ended = fail(configuration ? ErrorKind::Config : ErrorKind::Io,
                   "the signer ended before it served (" + how + "); it said why above");
}

std::optional<Error> SignerProcess::ended() const {
    const std::lock_guard lock(m_mutex);
    return m_ended;
}

}  // namespace mailca::daemon
