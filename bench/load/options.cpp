#include "bench/load/options.h"

#include <CLI/CLI.hpp>

#include "core/secret_file.h"

namespace mailca::bench {
namespace {

constexpr auto kAbout =
    "Plays many subscribers at once: each enrolls once, answering its challenge mail. Everything on loopback.\n"
    "SIGTERM: begin no more, give up those that wait. The exit code is 1 when an enrollment failed (or, of resume, "
    "when\n"
    "a fact that the server had acknowledged does not hold).";

// DOMAIN:SELECTOR:FILE, as `mailca-admin dkim-key` makes the file.
Result<mail::DkimKey> replyKey(const std::string& text) {
    const std::size_t first = text.find(':');
    const std::size_t second = text.find(':', first + 1);
    if (first == std::string::npos || second == std::string::npos) {
        return fail(ErrorKind::Config, "--reply-key is DOMAIN:SELECTOR:FILE, not " + text);
    }
    TRY(Secret pem, readSecretFile(text.substr(second + 1)));
    return mail::DkimKey{text.substr(0, first), text.substr(first + 1, second - first - 1), std::move(pem)};
}

}  // namespace

Result<Options> readOptions(int argc, const char* const* argv) {
    Options out{};
    out.inFlight = 64;
    out.patience = 60;
    out.profile = "smime-sign";
    std::vector<std::string> keys;
    CLI::App app(kAbout, "mailca-load");
    app.add_option("--directory", out.directory, "URL of the ACME directory")->required();
    app.add_option("--maildir", out.maildir, "The Maildir in which the server finds replies")->required();
    app.add_option("--smtp-port", out.smtpPort, "Listen here for the server's challenge mails")->required();
    app.add_option("--reply-key", keys, "DOMAIN:SELECTOR:FILE, signs the replies of DOMAIN; several: mailboxes in turn")
        ->required();
    app.add_option("--profile", out.profile, "A profile with P-256 keys (default smime-sign)");
    app.add_option("--member", out.members, "--profile is a bundle, and this is one of its profiles; again for each");
    app.add_flag("--singly", out.singly,
                 "In its place an order for each member, all of one account, each for a mailbox of its own");
    app.add_option("--in-flight", out.inFlight, "Enrollments at once (default 64)")->check(CLI::Range(1, 1000));
    app.add_option("--patience", out.patience, "Seconds to wait for a mail or a decision (default 60)");
    app.add_option("--count", out.count, "Begin that many enrollments");
    app.add_option("--seconds", out.seconds, "Begin enrollments for that long; those under way then go to their end");
    app.add_option("--name", out.name, "What mailboxes begin with (default: random)");
    app.add_option("--journal", out.journal, "Write what the server acknowledges there; FILE.mail keeps the mails");
    CLI::App* const resume = app.add_subcommand(
        "resume", "Check that every fact of the journal still holds and bring every enrollment of it to its end");
    resume->fallthrough();
    CLI::App* const issue = app.add_subcommand(
        "issue",
        "Bring --count orders to where they are ready, say so, and finalize all of them after a line of input");
    issue->fallthrough();
    CLI::App* const renew = app.add_subcommand(
        "renew", "Enroll --count clients, say so, and have all of them renew at once after a line of input");
    renew->fallthrough();
    app.add_option("--lost-replies", out.lostReplies, "Of a hundred replies that many get lost, and are sent again")
        ->check(CLI::Range(0, 100));
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return fail(ErrorKind::Config, app.exit(error) == 0 ? "" : "see mailca-load --help");
    }
    if (resume->parsed()) out.mode = Mode::Resume;
    if (issue->parsed()) out.mode = Mode::Issue;
    if (renew->parsed()) out.mode = Mode::Renew;
    if (out.mode == Mode::Resume && out.journal.empty()) return fail(ErrorKind::Config, "resume needs --journal");
    const bool inTwo = out.mode == Mode::Issue || out.mode == Mode::Renew;
    if (inTwo && !out.count) return fail(ErrorKind::Config, "issue and renew need --count");
    if (out.mode == Mode::Load && !out.count && !out.seconds) {
        return fail(ErrorKind::Config, "say how much: --count or --seconds");
    }
    for (const std::string& text : keys) {
        TRY(mail::DkimKey key, replyKey(text));
        out.replyKeys.push_back(std::move(key));
    }
    return out;
}

}  // namespace mailca::bench
