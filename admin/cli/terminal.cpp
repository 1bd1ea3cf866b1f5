#include "admin/cli/terminal.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>

namespace mailca::admin {
namespace {

constexpr std::size_t kLongest = 1024;

// The terminal with its echo off; as it was before when its owner goes.
class QuietTerminal final {
 public:
    QuietTerminal() : m_descriptor(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC)) {
        if (m_descriptor < 0 || ::tcgetattr(m_descriptor, &m_before) != 0) return;
        ::termios quiet = m_before;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        m_quiet = ::tcsetattr(m_descriptor, TCSAFLUSH, &quiet) == 0;
    }
    ~QuietTerminal() {
        if (m_quiet) ::tcsetattr(m_descriptor, TCSAFLUSH, &m_before);
        if (m_descriptor >= 0) ::close(m_descriptor);
    }
    QuietTerminal(const QuietTerminal&) = delete;
    QuietTerminal& operator=(const QuietTerminal&) = delete;

    bool isQuiet() const { return m_quiet; }

    Secret ask(const std::string& prompt) const {
        say(prompt);
        Secret line(kLongest);
        std::size_t size = 0;
        while (size < kLongest) {
            const ssize_t got = ::read(m_descriptor, line.bytes().data() + size, 1);
            if (got < 0 && errno == EINTR) continue;
            if (got <= 0 || line.view()[size] == '\n') break;
            ++size;
        }
        say("\n");
        return Secret::copyOf(line.view().first(size));
    }

 private:
    void say(const std::string& text) const { static_cast<void>(::write(m_descriptor, text.data(), text.size()) < 0); }

    int m_descriptor;
    ::termios m_before{};
    bool m_quiet = false;
};

Error noTerminal() {
    return fail(ErrorKind::Config, "there is no terminal to ask for the pass-phrase; give --passphrase-file");
}

}  // namespace

Result<Secret> askOnce(const std::string& prompt) {
    const QuietTerminal terminal;
    if (!terminal.isQuiet()) return noTerminal();
    return terminal.ask(prompt);
}

Result<Secret> askTwice(const std::string& prompt) {
    const QuietTerminal terminal;
    if (!terminal.isQuiet()) return noTerminal();
    Secret first = terminal.ask(prompt);
    if (first.view().size() < kShortestPassphrase)
        return fail(ErrorKind::Config, "the pass-phrase is shorter than 12 characters");
    if (!first.equals(terminal.ask("once more: ").view()))
        return fail(ErrorKind::Config, "the two pass-phrases differ");
    return first;
}

}  // namespace mailca::admin
