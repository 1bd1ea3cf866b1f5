"""What an SM2 hierarchy hands out, as files: for judges who are not OpenSSL."""
import pathlib

import acme_client
import certificates
import e2e
from cryptography import x509

ALICE = "alice@example.org"
UNCHECKED = "\n[timestamp]\nunsynchronised_clock = true\n"  # whose clock the tests' machine keeps is not what they are about


class Evidence:
    """The certificates of a mailbox with the bundle `complete`, and one CRL, OCSP response and timestamp."""

    def __init__(self, check, service):
        self.m_service, self.authority = service, service.home / "ca"
        alice = service.person("alice", ALICE)
        code, said = alice.enroll(ALICE, "--profile", "complete")
        check("alice enrolls", code == 0, said)
        _, status = alice.json("status", ALICE)
        self.held = {one["profile"]: self.m_der(one) for one in status["mailboxes"][0]["certificates"]}
        self.m_stamp()
        self.m_ask()

    def ca(self, name):
        return self.authority / f"{name}.cer"

    def m_file(self, name, content=None):
        path = self.m_service.home / name
        if content is not None:
            path.write_bytes(content)
        return path

    def m_der(self, held):
        path = self.m_file(f"{held['profile']}.cer")
        e2e.must("openssl", "x509", "-in", held["chainFile"], "-outform", "DER", "-out", path)
        return path

    def m_stamp(self):
        self.document, self.query = self.m_file("document", b"It was there at that time.\n"), self.m_file("query.tsq")
        self.other = self.m_file("other", b"It was not there.\n")
        e2e.must("openssl", "ts", "-query", "-data", self.document, "-sm3", "-cert", "-out", self.query)
        self.reply = self.m_file("reply.tsr", self.m_post("timestamp", "timestamp-query", self.query))

    def m_ask(self):
        query, leaf = self.m_file("ocsp.req"), self.held["sm2-sign"]
        e2e.must("openssl", "ocsp", "-issuer", self.authority / "sm2-smime-1.pem", "-cert", leaf, "-reqout", query)
        self.ocsp = self.m_file("ocsp.der", self.m_post("ocsp", "ocsp-request", query))
        url = certificates.crl_url(x509.load_der_x509_certificate(pathlib.Path(leaf).read_bytes()))
        self.crl = self.m_file("sm2.crl", acme_client.request("GET", url).body)
        self.root_crl = self.authority / "sm2-smime-root-1.crl"

    def m_post(self, where, kind, body):
        return acme_client.request("POST", f"{self.m_service.base_url}/{where}", body.read_bytes(),
                                   {"Content-Type": f"application/{kind}"}).body


class Judge:
    """Another program: every line "ok" or "FAILED" that it says is a check."""

    def __init__(self, check, name, *command):
        self.m_check, self.m_name, self.m_command = check, name, command

    def __call__(self, what, *arguments):
        code, said = self.run(*arguments)
        verdicts = [line.partition(" ") for line in said.splitlines() if line.startswith(("ok ", "FAILED"))]
        for word, _, rest in verdicts:
            self.m_check(f"{self.m_name}, {what}: {rest}", word == "ok")
        self.m_check(f"{self.m_name}, {what}: comes to its end", code == 0 and verdicts, said)

    def run(self, *arguments):
        return e2e.run(*self.m_command, *arguments)
