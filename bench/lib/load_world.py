"""mailcad with the load driver around it: names on loopback, subscribers' mailboxes inside mailca-load."""
import subprocess

import measure
import e2e
import mail_worlds
import names
import processes
import service as services

SUBSCRIBERS = {"example.org": "rsa", "example.net": "ed25519"}  # domain: algorithm of its DKIM key
SELECTOR = "r1"
MEMBERS = ("smime-encrypt", "smime-sign", "timestamp", "sm2-encrypt", "sm2-sign", "sm2-timestamp")
BUNDLE = ("--profile", "complete", *(part for member in MEMBERS for part in ("--member", member)))  # for mailca-load
OUR_SECOND_KEY = '[[mail.dkim]]\nselector = "s2"\nkey_file = "{key}"\n'


class LoadWorld(mail_worlds.MailWorld):
    """A mail world without a post office: the daemon's mails go to mailca-load, whose replies go into the Maildir."""

    def __init__(self, home, build):
        super().__init__(home)
        self.build = build
        self.m_names = names.NameServer(self.home, [mail_worlds.CA_DOMAIN, *SUBSCRIBERS])

    def __enter__(self):
        for part in ("tmp", "new", "cur"):
            (self.maildir(mail_worlds.CA_ADDRESS) / part).mkdir(parents=True)
        self.reply_keys = [self.make_key(domain, SELECTOR, algorithm) for domain, algorithm in SUBSCRIBERS.items()]
        self.m_names.start()
        self.env = {"SMTP_PORT": processes.free_port(), "DNS_PORT": self.m_names.port}
        return self

    def __exit__(self, *_):
        self.m_names.stop()

    def make_key(self, domain, selector, algorithm):
        """A DKIM key, its record published; gives domain:selector:file as --reply-key takes it."""
        folder = self.home / "keys"
        e2e.must(self.build / "mailca-admin", "dkim-key", "--domain", domain, "--selector", selector, "--type", algorithm,
                 "--out", folder)
        name = f"{selector}.{domain}"
        self.publish(domain, selector, (folder / f"{name}.txt").read_text())
        return f"{domain}:{selector}:{folder}/{name}.pem"

    def reload_names(self):
        self.m_names.reload()


class LoadedService(services.Service):
    """mailcad as the benchmark fixes it: P-256 issuing CA, RSA-2048 and Ed25519 DKIM, challenge mails at once."""

    def __init__(self, build, home, world, more=""):
        second = world.make_key(mail_worlds.CA_DOMAIN, "s2", "ed25519").rpartition(":")[2]
        super().__init__(build, home, world, more=OUR_SECOND_KEY.format(key=second) + more)

    def load_command(self, *arguments):
        """The command line of mailca-load against this service."""
        keys = [part for key in self.mail.reply_keys for part in ("--reply-key", key)]
        return [str(part) for part in (
            self.m_build / "bench" / "mailca-load", "--directory", self.directory, "--maildir",
            self.mail.maildir(mail_worlds.CA_ADDRESS), "--smtp-port", self.mail.port("SMTP"), *keys, *arguments)]

    def load(self, *arguments):
        """Runs mailca-load to its end; gives (exit code, {figure: number}, everything it said)."""
        done = subprocess.run(self.load_command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              preexec_fn=processes.end_with_parent)
        return done.returncode, figures_of(done.stdout), done.stdout

    def load_in_two(self, mode, count, *arguments, when_ready=lambda: None):
        """mailca-load in a mode of two halves: `count` clients are made ready, `when_ready` is called, they go on; gives the figures of
        the second half. All of them have to end well."""
        with subprocess.Popen(self.load_command("--count", count, *arguments, mode), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True, preexec_fn=processes.end_with_parent) as driver:
            if driver.stdout.readline() != "ready\n":
                raise SystemExit(f"{driver.stdout.read()}\nnot every client became ready")
            when_ready()
            said = driver.communicate("go\n")[0]
        figures = figures_of(said)
        if driver.returncode != 0 or figures["enrollments"] != count:
            raise SystemExit(f"{said}\nnot every client ended well; the daemon said last:\n{self.log()[-2000:]}")
        return figures


def figures_of(said):
    """{name: number} of the lines `name: number unit`."""
    figures = {}
    for line in said.splitlines():
        name, _, rest = line.partition(": ")
        try:
            figures[name] = float(rest.split()[0])
        except (ValueError, IndexError):
            continue
    return figures
