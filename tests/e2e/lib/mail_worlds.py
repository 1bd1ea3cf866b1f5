"""The two mail worlds the tests run in, with one face: scripts/postoffice and scripts/realmail."""
import os
import pathlib
import signal
import subprocess
import time

import e2e
import names
import processes

CA_DOMAIN = "ca.example"
CA_ADDRESS = f"acme@{CA_DOMAIN}"
SUBSCRIBER_DOMAINS = ["example.org", "example.net"]


class MailWorld:
    """`mailboxes` are there from the start; the CA's own always is."""

    def __init__(self, home, mailboxes=()):
        self.home = pathlib.Path(home)
        self.env = {}
        self.m_mailboxes = [part for mailbox in (*mailboxes, CA_ADDRESS) for part in ("--mailbox", mailbox)]

    def m_read_env(self):
        self.env = dict(line.split("=", 1) for line in (self.home / "env").read_text().splitlines())

    def port(self, name):
        return int(self.env[f"{name}_PORT"])

    def maildir(self, address):
        return self.home / "mail" / address

    def replies(self):
        """The Maildir in which the daemon finds its replies."""
        return self.maildir(CA_ADDRESS)

    def reply_door(self):
        """Lines of mailcad's [mail] for another door than that Maildir."""
        return ""

    def make_maildir(self, address):
        for part in ("tmp", "new", "cur"):
            (self.maildir(address) / part).mkdir(parents=True, exist_ok=True)
        return self.maildir(address)

    def resolver(self):
        return names.resolver(self.port("DNS"))

    def publish(self, domain, selector, record):
        """Puts a DKIM key into the DNS, as the owner of a zone would."""
        folder = self.home / "dkim" / domain
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{selector}.txt").write_text(record)

    def add_records(self, *lines):
        with (self.home / "records").open("a") as records:
            records.writelines(f"{line}\n" for line in lines)


class PostOffice(MailWorld):
    def __enter__(self):
        self.home.mkdir(parents=True, exist_ok=True)
        domains = [part for domain in SUBSCRIBER_DOMAINS for part in ("--subscriber-domain", domain)]
        self.m_process = subprocess.Popen([e2e.ROOT / "scripts" / "postoffice", self.home, "--domain", CA_DOMAIN, *domains,
                                           *self.m_mailboxes], stdout=subprocess.PIPE, text=True)
        if self.m_process.stdout.readline().strip() != "ready":
            raise RuntimeError("the post office did not start")
        self.m_read_env()
        return self

    def __exit__(self, *_):
        self.thaw()  # a test may have ended while they were frozen
        self.thaw_names()
        processes.end(self.m_process)

    def freeze(self):
        """The mail servers take connections and say nothing."""
        self.m_process.send_signal(signal.SIGSTOP)

    def thaw(self):
        self.m_process.send_signal(signal.SIGCONT)

    def freeze_names(self):
        os.killpg(self.m_names_pid(), signal.SIGSTOP)

    def thaw_names(self):
        os.killpg(self.m_names_pid(), signal.SIGCONT)

    def m_names_pid(self):
        return int((self.home / "nsd" / "nsd.pid").read_text())

    def reload_names(self):
        serial = self.resolver().resolve(".", "SOA")[0].serial
        self.m_process.send_signal(signal.SIGHUP)
        for _ in range(100):
            if self.resolver().resolve(".", "SOA")[0].serial != serial:
                return
            time.sleep(0.1)
        raise RuntimeError("nsd did not take up the changed records")

    def client_mailbox(self, address):
        """The [[mailbox]] of a subscriber's configuration: mail comes by Maildir."""
        return f'[[mailbox]]\naddress = "{address}"\nmaildir = "{self.maildir(address)}"\n' \
               f'smtp = {{ host = "127.0.0.1", port = {self.port("SUBMISSION")}, security = "plain" }}\n'


class RealMail(MailWorld):
    """Postfix, OpenDKIM, Dovecot and nsd. Subscribers log in, mail comes by IMAP over TLS. The CA's replies come by LMTP, or
    (`hosted`) lie in a mailbox like a subscriber's."""

    def __init__(self, home, mailboxes=(), hosted=False):
        super().__init__(home, mailboxes)
        self.m_hosted = hosted

    def replies(self):
        maildir = self.home / "replies"
        for part in ("tmp", "new", "cur"):
            (maildir / part).mkdir(parents=True, exist_ok=True)
        return maildir

    def reply_door(self):
        if not self.m_hosted:
            return f'lmtp_socket = "{self.env["LMTP_SOCKET"]}"\n'
        return f'imap = {{ host = "localhost", port = {self.port("IMAPS")}, user = "{CA_ADDRESS}", ' \
               f'password_file = "{self.home}/passwords/{CA_ADDRESS}", ca_file = "{self.env["TLS_CERTIFICATE"]}" }}\n'

    def __enter__(self):
        arguments = ["--subscriber-domain" if self.m_hosted else "--domain", CA_DOMAIN]
        arguments += [part for domain in SUBSCRIBER_DOMAINS for part in ("--subscriber-domain", domain)]
        self.m_call("start", *arguments, *self.m_mailboxes)
        self.m_read_env()
        return self

    def __exit__(self, *_):
        self.m_call("stop")

    def reload_names(self):
        self.m_call("reload-names")

    def front(self, configuration):
        self.m_call("front", configuration)

    def m_call(self, *arguments):
        # not through a pipe: the programs it leaves running would hold it open
        subprocess.run([e2e.ROOT / "scripts" / "realmail", self.home, *map(str, arguments)], check=True, timeout=120)

    def client_mailbox(self, address):
        login = f'user = "{address}", password_file = "{self.home}/passwords/{address}", ' \
                f'ca_file = "{self.env["TLS_CERTIFICATE"]}"'
        return f'[[mailbox]]\naddress = "{address}"\n' \
               f'imap = {{ host = "localhost", port = {self.port("IMAPS")}, security = "tls", {login} }}\n' \
               f'smtp = {{ host = "localhost", port = {self.port("SUBMISSION")}, security = "starttls", {login} }}\n'
