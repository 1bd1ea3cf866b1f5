"""The service under test: a ceremony, its configuration, mailcad, and the people who use it."""
import json
import pathlib
import re
import secrets
import signal
import subprocess
import time

import acme_client
import certificates
import e2e
import mail_worlds
import processes
from cryptography import x509

CONFIGURATION = """\
external_url = "{external_url}"
exchange_url = "{exchange_url}"
database = "{database}"
authority = "ca/authority.toml"
passphrase_file = "passphrase"
policies = "{root}/policies"
terms_of_service = "https://ca.example/terms"
admin_token_file = "admin.token"

[listeners]
acme = "127.0.0.1:{acme}"
public = "127.0.0.1:{public}"
admin = "127.0.0.1:{admin}"
{listeners}
[mail]
from = "{from_address}"
maildir = "{maildir}"
{door}strict_dkim = {strict}
email_delay_seconds = 0
dns_delay_seconds = 1
[mail.smtp]
host = "127.0.0.1"
port = {smtp}
security = "plain"
[[mail.dkim]]
selector = "s1"
key_file = "{dkim_key}"

[dns]
upstream = ["127.0.0.1@{dns}"]
trust_anchor = ""

[caa]
issuer_domains = ["{ca_domain}"]
[[limits.override]]
peer = "127.0.0.0/8"   # where everybody comes from here
times = 10000
{more}"""


# issuing CA: root
HIERARCHIES = {"smime-1": "smime-root-1", "mailbox-timestamp-1": "mailbox-timestamp-root-1", "timestamp-1": "timestamp-root-1"}


class Service:
    """mailcad in a folder of its own, in a mail world. `https`: nginx of the real mail world will stand in front."""

    def __init__(self, build, home, mail, strict=False, https=False, database="mailca.db", more="", token=None):
        self.m_build = pathlib.Path(build).absolute()
        self.home = pathlib.Path(home)
        self.mail = mail
        self.m_https = https
        self.m_token = token  # a soft_token.SoftToken: holds the keys of issuing CAs and unit
        self.ports = {name: processes.free_port() for name in ("acme", "public", "admin")}
        if https:  # everything through nginx
            self.external_url = self.exchange_url = f"https://localhost:{mail.port('HTTPS')}"
            self.base_url = f"http://localhost:{mail.port('HTTP')}"  # CRLs: plain http, as the rules demand (D17)
        else:
            self.external_url = f"http://127.0.0.1:{self.ports['acme']}"
            self.exchange_url = self.base_url = f"http://127.0.0.1:{self.ports['public']}"
        self.m_settings = {"strict": "true" if strict else "false", "database": database, "more": more}
        self.m_process = None

    def program(self, name):
        return self.m_build / name

    def prepare(self):
        """Everything an operator does once: passphrase, ceremony, DKIM key and its record, configuration."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.m_secret("passphrase")
        listeners = ""
        if self.m_https:
            self.m_secret("proxy.secret")
            listeners = 'proxy_secret_file = "proxy.secret"\n'
        self.make_authority()
        key = self.m_make_dkim_key()
        self.config = self.home / "mailcad.toml"
        self.config.write_text(CONFIGURATION.format(
            external_url=self.external_url, exchange_url=self.exchange_url, root=e2e.ROOT, listeners=listeners,
            from_address=mail_worlds.CA_ADDRESS, door=self.mail.reply_door(), maildir=self.mail.replies(), dkim_key=key,
            smtp=self.smtp_port(), dns=self.mail.port("DNS"), ca_domain=mail_worlds.CA_DOMAIN,
            **self.ports, **self.m_settings))
        return self

    def make_authority(self):
        token = self.m_token.prepare(self.home / "passphrase") if self.m_token else ""
        plan = self.write_plan("ceremony.toml", token)
        e2e.must(self.program("mailca-admin"), "ceremony", plan, "--out", self.home / "ca", *self.key_secrets(), "--yes")

    def write_plan(self, name, token="", **changes):
        """A reviewed file like keys-sample/ceremony.toml for this base URL; `changes` are other lines, as key=value in TOML."""
        text = (e2e.ROOT / "keys-sample" / "ceremony.toml").read_text()
        for key, value in {"base_url": f'"{self.base_url}"', **changes}.items():
            text, found = re.subn(rf"^(# )?{key} = .*$", f"{key} = {value}", text, count=1, flags=re.M)
            assert found, key
        (self.home / name).write_text(text + token)
        return self.home / name

    def key_secrets(self):
        """What opens the CA's keys, as arguments of mailca-admin."""
        return ("--passphrase-file", self.home / "passphrase", *(("--pin-file", self.home / "passphrase") if self.m_token else ()))

    def smtp_port(self):
        """Where the daemon hands in its mail."""
        return self.mail.port("SMTP")

    def m_make_dkim_key(self):
        """Made by the operator's tool, published by us as the owner of the zone."""
        folder = self.home / "dkim"
        folder.mkdir()
        e2e.must(self.program("mailca-admin"), "dkim-key", "--domain", mail_worlds.CA_DOMAIN, "--selector", "s1", "--out", folder)
        name = f"s1.{mail_worlds.CA_DOMAIN}"
        self.mail.publish(mail_worlds.CA_DOMAIN, "s1", (folder / f"{name}.txt").read_text())
        self.mail.reload_names()
        return folder / f"{name}.pem"

    def m_secret(self, name):
        (self.home / name).write_text(secrets.token_urlsafe(24) + "\n")
        (self.home / name).chmod(0o600)

    def __enter__(self):
        if self.m_process is None:
            self.prepare()
            self.start()
        return self

    def __exit__(self, *_):
        if self.m_process is not None and self.alive():
            self.stop()

    def start(self, *wrapper):
        self.m_log = (self.home / "mailcad.log").open("ab")
        self.m_process = subprocess.Popen([*wrapper, self.program("mailcad"), "--config", str(self.config)],
                                          stdout=self.m_log, stderr=self.m_log, preexec_fn=processes.end_with_parent)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if not self.alive():
                raise RuntimeError(f"mailcad ended at once:\n{self.log()[-2000:]}")
            try:
                acme_client.request("GET", f"http://127.0.0.1:{self.ports['public']}/")
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"mailcad does not listen:\n{self.log()[-2000:]}")

    def stop(self):
        """SIGTERM; gives the exit code."""
        self.m_process.send_signal(signal.SIGTERM)
        code = self.m_process.wait(60)
        self.m_log.close()
        return code

    def ended(self, patience):
        """Waits until something else has ended it; gives the exit code."""
        code = self.m_process.wait(patience)
        self.m_log.close()
        return code

    def alive(self):
        return self.m_process.poll() is None

    def pid(self):
        return self.m_process.pid

    def signer_pid(self, patience=60, other_than=None):
        """Of the signer that mailcad has as a child now."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            for pid, name in processes.children(self.pid()).items():
                if name == "mailca-signer" and pid != other_than:
                    return pid
            time.sleep(0.05)
        raise RuntimeError(f"there is no signer:\n{self.log()[-2000:]}")

    def log_says(self, words, patience=60):
        deadline = time.monotonic() + patience
        while words not in self.log() and time.monotonic() < deadline:
            time.sleep(0.1)
        return words in self.log()

    def log(self):
        return (self.home / "mailcad.log").read_text(errors="replace")

    @property
    def directory(self):
        return f"{self.external_url}/acme/directory"

    def acme(self, key):
        return acme_client.AcmeClient(self.directory, key, self.m_ca_file())

    def m_ca_file(self):
        return self.mail.env["TLS_CERTIFICATE"] if self.m_https else None

    def lookup(self, address, accept="application/json", roles=None, **headers):
        """What anybody can ask; header fields with "_" for "-"."""
        query = f"?roles={roles}" if roles else ""
        fields = {"Accept": accept} | {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"{self.exchange_url}/v1/mailboxes/{address}{query}"
        return acme_client.request("GET", url, headers=fields, ca_file=self.m_ca_file())

    def entries(self, address):
        """The live encryption certificates of a mailbox, newest first."""
        return self.lookup(address).json()["entries"]

    def crl_lists(self, certificate, patience=90):
        """Whether the CRL at the certificate's own URL lists it: within a minute of the revocation (design section 4)."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            answer = acme_client.request("GET", certificates.crl_url(certificate))
            crl = x509.load_der_x509_crl(answer.body)
            if crl.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None:
                return True
            time.sleep(1)
        return False

    def person(self, name, *addresses):
        return Person(self, self.home / "people" / name, addresses)

    def issuing_certificates(self):
        return [self.home / "ca" / f"{name}.pem" for name in HIERARCHIES]

    def root_above(self, issuing):
        return self.home / "ca" / f"{HIERARCHIES[issuing.stem]}.pem"

    def verifies(self, certificate, purpose):
        """(verdict, words) of openssl, with the hierarchy that the purpose belongs to."""
        issuing = self.issuing_certificates()[1 if purpose == "timestampsign" else 0]
        leaf = self.home / "leaf.pem"
        leaf.write_bytes(certificates.pem(certificate))
        return certificates.openssl_verifies(leaf, issuing, self.root_above(issuing), purpose)

    def metrics(self):
        """{name: number} of what the daemon tells of itself."""
        token = (self.home / "admin.token").read_text().strip()
        answer = acme_client.request("GET", f"http://127.0.0.1:{self.ports['admin']}/metrics",
                                     headers={"Authorization": f"Bearer {token}"})
        lines = [line.split() for line in answer.body.decode().splitlines() if line and not line.startswith("#")]
        return {line[0]: float(line[1]) for line in lines}

    def admin(self, order, *arguments):
        return e2e.run(self.program("mailca-admin"), order, "--config", self.config, *arguments)

    def admin_command(self, *arguments):
        """A command of mailca-admin that has commands of its own, as `eab create`."""
        return e2e.run(self.program("mailca-admin"), *arguments, "--config", self.config)

    def broken_promises(self):
        """What the store's invariants find in the database: nothing, or a line for each breach."""
        return e2e.run(self.program("tests/check_invariants"), self.home / self.m_settings["database"])[1].splitlines()

    def nginx_configuration(self):
        """What the operator's tool writes for the TLS front, as a file."""
        env = self.mail.env
        said = e2e.must(self.program("mailca-admin"), "nginx", "--config", self.config, "--server-name", "localhost",
                        "--certificate", env["TLS_CERTIFICATE"], "--key", env["TLS_KEY"],
                        "--listen", f"127.0.0.1:{env['HTTPS_PORT']}", "--listen-http", f"127.0.0.1:{env['HTTP_PORT']}")
        (self.home / "nginx.conf").write_text(said)
        (self.home / "nginx.conf").chmod(0o600)  # it holds the proxy secret
        return self.home / "nginx.conf"


class Person:
    """Somebody with the mailca program: a configuration and a state folder of their own."""

    def __init__(self, service, home, addresses):
        self.m_service = service
        self.home = home
        home.mkdir(parents=True, exist_ok=True)
        text = f'directory = "{service.directory}"\nstate_dir = "{home}/state"\nagree_tos = true\n'
        if "TLS_CERTIFICATE" in service.mail.env:
            text += f'ca_file = "{service.mail.env["TLS_CERTIFICATE"]}"\n'
        text += "".join(service.mail.client_mailbox(address) for address in addresses)
        self.config = home / "mailca.toml"
        self.config.write_text(text)

    def mailca(self, *arguments, stdin=None, patience=180):
        return e2e.run(self.m_service.program("mailca"), "--config", self.config, *arguments, stdin=stdin, patience=patience)

    def enroll(self, address, *arguments):
        """Runs it until it says something other than `waiting, run again` (exit code 4)."""
        for _ in range(10):
            code, said = self.mailca("enroll", address, *arguments)
            if code != 4:
                break
        return code, said

    def json(self, *arguments):
        code, said = self.mailca("--json", *arguments)
        return code, json.loads(said.splitlines()[-1]) if said.strip() else None
