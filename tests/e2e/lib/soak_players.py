"""Who plays with the daemon in a soak: each is a thread of its own that takes one turn after the other, at its own pace, and
tells what it counted and what went wrong."""
import collections
import itertools
import random
import shutil
import socket
import struct
import subprocess
import threading
import time

import acme_client
import certificates
import dkim_keys
import e2e
import enrollment
import jose
import mail_worlds
import mailbox
import processes
import requests_for

LOAD_DOMAIN = "load.example"
FAILURES_TOLD = 10


class Player(threading.Thread):
    """`turn` returns nothing; what it expects it says with `expect`. An exception is a failure too."""

    def __init__(self, service, pause):
        super().__init__(daemon=True)
        self.m_service = service
        self.m_pause = pause
        self.m_stopping = threading.Event()
        self.m_random = random.Random(type(self).__name__)
        self.counts = collections.Counter()
        self.failures = 0

    def run(self):
        while not self.m_stopping.is_set():
            started = time.monotonic()
            try:
                self.turn()
            except Exception as error:  # noqa: BLE001: whatever it is, the soak goes on and tells it
                self.fail("turn", repr(error))
            self.m_stopping.wait(max(0.0, self.m_pause - (time.monotonic() - started)))
        self.finish()

    def stop(self):
        self.m_stopping.set()

    def finish(self):
        """What has to be put away at the end."""

    def expect(self, what, holds, detail=""):
        self.counts[what] += 1
        if not holds:
            self.fail(what, detail)
        return holds

    def fail(self, what, detail):
        self.failures += 1
        if self.failures <= FAILURES_TOLD:
            print(f"   {type(self).__name__}: {what}: {str(detail)[:400]}", flush=True)


class Load(Player):
    """Bursts of mailca-load: many strangers, an account and a certificate each."""

    BURST_SECONDS = 10

    def __init__(self, service, rate, command):
        super().__init__(service, self.BURST_SECONDS)
        self.m_command = [*command, "--count", str(max(1, round(rate * self.BURST_SECONDS))), "--in-flight", "8"]
        self.m_names = (f"b{number}-" for number in itertools.count())
        self.latest = None

    def turn(self):
        name = next(self.m_names)
        done = subprocess.run([*self.m_command, "--name", name], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              preexec_fn=processes.end_with_parent)
        figures = dict(line.split(": ", 1) for line in done.stdout.splitlines() if ": " in line)
        self.counts["enrollments"] += int(figures.get("enrollments", 0))
        if self.expect("burst", done.returncode == 0, done.stdout):
            self.latest = name


class Lookups(Player):
    """Anybody who looks somebody up, and what relying parties fetch."""

    def __init__(self, service, pause, people):
        super().__init__(service, pause)
        self.m_people = people
        self.m_asks = itertools.cycle([self.m_known, self.m_unknown, self.m_pem, self.m_der, self.m_unchanged, self.m_roles,
                                       self.m_crl, self.m_issuer, self.m_roots, self.m_directory])

    def turn(self):
        next(self.m_asks)()

    def m_get(self, what, url, status, **headers):
        answer = acme_client.request("GET", url, headers=headers)
        self.expect(what, answer.status == status, answer)
        return answer

    def m_ask(self, what, address, status, accept, roles=None, **headers):
        answer = self.m_service.lookup(address, accept, roles, **headers)
        self.expect(what, answer.status == status, answer)
        return answer

    def m_known(self):
        for entry in self.m_ask("lookup", self.m_people.steady, 200, "application/json").json()["entries"]:
            self.expect("entry", entry["state"] == "live" and entry["class"] == "issued", entry)

    def m_unknown(self):
        answer = self.m_ask("lookup of nobody", f"n{self.m_random.random()}@example.org", 200, "application/json")
        self.expect("nobody", answer.json()["entries"] == [], answer)

    def m_pem(self):
        self.m_ask("lookup in PEM", self.m_people.steady, 200, "application/pem-certificate-chain")

    def m_der(self):
        self.m_ask("lookup in DER", self.m_people.steady, 200, "application/pkix-cert")

    def m_unchanged(self):
        tag = self.m_ask("lookup", self.m_people.steady, 200, "application/json").headers["ETag"]
        self.m_ask("lookup, unchanged", self.m_people.steady, 304, "application/json", If_None_Match=tag)

    def m_roles(self):
        answer = self.m_ask("lookup by role", self.m_people.steady, 200, "application/json", roles="sign,encrypt,timestamp")
        self.expect("three roles", len(answer.json()["entries"]) == 3, answer)

    def m_crl(self):
        self.m_get("CRL", self.m_people.crl_url, 200)

    def m_issuer(self):
        self.m_get("issuer", self.m_people.issuer_url, 200)

    def m_roots(self):
        self.m_get("roots", f"{self.m_service.exchange_url}/v1/roots", 200)

    def m_directory(self):
        self.m_get("directory", self.m_service.directory, 200)


class People(Player):
    """People with mailca, one life after the other: enroll, letters both ways, renewal, revocation. `steady` stays."""

    def __init__(self, service, pause):
        super().__init__(service, pause)
        self.m_steps = iter(())
        self.m_number = 0
        self.steady = "steady@example.org"
        self.m_friend = self.m_person("steady", self.steady)
        code, said = self.m_friend.enroll(self.steady)
        if code != 0:
            raise RuntimeError(f"{self.steady} could not enroll: {said}")
        chain = service.lookup(self.steady, "application/pem-certificate-chain").body
        certificate = certificates.split(chain)[0]
        self.crl_url = certificates.crl_url(certificate)
        self.issuer_url = certificates.issuer_url(certificate)

    def turn(self):
        step = next(self.m_steps, None)
        if step is None:
            self.m_steps = self.m_life()
            step = next(self.m_steps)
        what, (code, said), wanted = step
        self.expect(what, code == wanted, f"ended with {code}: {said}")

    def m_person(self, name, address):
        self.m_service.mail.make_maildir(address)
        return self.m_service.person(name, address)

    def m_life(self):
        """(what was done, (exit code, words), exit code it should have) of every step; made when it is asked for."""
        self.m_number += 1
        address = f"p{self.m_number}@example.net"
        person = self.m_person(f"p{self.m_number}", address)
        key_type = ("p256", "rsa2048")[self.m_number % 2]
        letter, signed = person.home / "letter.p7m", person.home / "signed.eml"
        yield "enroll", person.enroll(address, "--key-type", key_type, "--profile", "smime"), 0
        yield "encrypt", self.m_friend.mailca("encrypt", "--to", address, "-o", letter, stdin=b"Meet me at noon.\n"), 0
        yield "decrypt", person.mailca("decrypt", "-i", letter), 0
        yield "sign", person.mailca("sign", "-o", signed, stdin=b"I will be there.\n"), 0
        yield "verify", self.m_friend.mailca("verify", "--from", address, "-i", signed), 0
        yield "verify as another", self.m_friend.mailca("verify", "--from", self.steady, "-i", signed), 1
        yield "lookup", self.m_friend.mailca("lookup", address), 0
        yield "renew, not due", person.mailca("renew"), 3
        yield "renew", person.mailca("renew", "--force"), 0
        yield "decrypt after renewal", person.mailca("decrypt", "-i", letter), 0
        if self.m_number % 2:
            yield "revoke", person.mailca("revoke", address, "--reason", "superseded"), 0
        else:
            yield "revoke by the operator", self.m_service.admin("revoke", "--mailbox", address, "--reason",
                                                                 "affiliationChanged", "--yes"), 0
        yield "encrypt to the revoked", self.m_friend.mailca("encrypt", "--to", address, "-o", letter, stdin=b"x"), 1
        shutil.rmtree(person.home)
        shutil.rmtree(self.m_service.mail.maildir(address))


class Rude(Player):
    """Requests that are wrong and connections that are none: refused as documented, or cut."""

    KEPT = 20

    def __init__(self, service, pause):
        super().__init__(service, pause)
        self.m_client = service.acme(jose.Es256())
        self.m_client.register()
        self.m_hanging = collections.deque()
        self.m_turns = itertools.cycle([self.m_bad_nonce, self.m_bad_signature, self.m_no_json, self.m_bad_order, self.m_oversize,
                                        self.m_long_header, self.m_garbage, self.m_hang, self.m_reset, self.m_drip,
                                        self.m_bad_address, self.m_half])

    def turn(self):
        next(self.m_turns)()
        self.m_feed()

    def finish(self):
        while self.m_hanging:
            self.m_hanging.popleft().close()

    def m_refused(self, what, answer, status, problem):
        self.expect(what, answer.status == status and answer.problem == problem, answer)

    def m_bad_nonce(self):
        url = self.m_client.directory["newOrder"]
        self.m_refused("bad nonce", self.m_client.post(url, {}, nonce="AAAAAAAAAAAAAAAAAAAAAA"), 400, "badNonce")

    def m_bad_signature(self):
        url = self.m_client.directory["newOrder"]
        self.m_refused("another key's signature", self.m_client.post(url, {}, key=jose.Es256()), 400, "malformed")

    def m_no_json(self):
        self.m_refused("no JSON", self.m_client.post_raw(self.m_client.directory["newOrder"], "\x00 nonsense"), 400, "malformed")

    def m_bad_order(self):
        order = {"identifiers": [{"type": "dns", "value": "example.org"}]}
        answer = self.m_client.post(self.m_client.directory["newOrder"], order)
        self.expect("an order for a host", answer.status == 400, answer)

    def m_oversize(self):
        self.m_talk("a body too large", b"POST /acme/new-order HTTP/1.1\r\nHost: x\r\nContent-Type: application/jose+json\r\n"
                    b"Content-Length: 1000000\r\n\r\n" + b"a" * 200000, b" 413 ")

    def m_long_header(self):
        self.m_talk("a header too large", b"GET /acme/directory HTTP/1.1\r\nX: " + b"a" * 50000 + b"\r\n\r\n", b" 431 ")

    def m_garbage(self):
        self.m_talk("garbage", self.m_random.randbytes(300) + b"\r\n\r\n", None)

    def m_bad_address(self):
        self.m_talk("an address with NUL", b"GET /v1/mailboxes/%00 HTTP/1.1\r\nHost: x\r\n\r\n", b" 400 ", "public")

    def m_half(self):
        with self.m_open() as connection:
            connection.sendall(b"POST /acme/new-order HTTP/1.1\r\nContent-Length: 500\r\n\r\n{")
            connection.shutdown(socket.SHUT_WR)
        self.counts["half a request"] += 1

    def m_reset(self):
        connection = self.m_open()
        connection.sendall(b"GET /acme/directory HTTP/1.1\r\nHost: x\r\n\r\n")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()
        self.counts["reset"] += 1

    def m_hang(self):
        self.m_keep(self.m_open("public" if self.counts["hanging"] % 2 else "acme"))
        self.counts["hanging"] += 1

    def m_drip(self):
        connection = self.m_open()
        connection.sendall(b"GET /acme/directory HTTP/1.1\r\nX-Slow: ")
        self.m_keep(connection)
        self.counts["dripping"] += 1

    def m_keep(self, connection):
        self.m_hanging.append(connection)
        if len(self.m_hanging) > self.KEPT:
            self.m_hanging.popleft().close()

    def m_feed(self):
        """One more octet for each slow one; the server has cut some of them by now."""
        for connection in self.m_hanging:
            try:
                connection.send(b"a")
            except OSError:
                continue

    def m_open(self, listener="acme"):
        return socket.create_connection(("127.0.0.1", self.m_service.ports[listener]), timeout=10)

    def m_talk(self, what, octets, status, listener="acme"):
        said = b""
        with self.m_open(listener) as connection:
            try:
                connection.sendall(octets)
                said = connection.recv(4096)
            except OSError:  # cut before everything was read: as good
                pass
        self.expect(what, not said or status is None or status in said.partition(b"\r\n")[0], said)


class BadMail(Player):
    """Mail to the daemon that proves nothing, and a mailbox that is never validated by it."""

    def __init__(self, service, pause):
        super().__init__(service, pause)
        self.m_mail = service.mail
        self.m_box = mailbox.Mailbox("victim@example.org", self.m_mail.maildir("victim@example.org"), 0)
        self.m_client = service.acme(jose.Es256())
        self.m_client.register()
        self.m_order = self.m_client.new_order(self.m_box.address)
        _, self.m_challenge, self.m_letter = enrollment.fetch_challenge(self.m_client, self.m_box, self.m_order)
        self.m_digest = enrollment.digest_for(self.m_client, self.m_challenge, self.m_letter)
        self.m_turns = itertools.cycle([self.m_garbage, self.m_no_signature, self.m_wrong_digest, self.m_changed, self.m_stranger,
                                        self.m_unknown_token, self.m_large, self.m_file])

    def turn(self):
        next(self.m_turns)()
        status = self.m_client.good(self.m_order["authorizations"][0]).json()["status"]
        self.expect("still not validated", status == "pending", status)

    def m_send(self, what, message):
        mailbox.deliver(self.m_mail.port("SMTP"), "x@example.org", mail_worlds.CA_ADDRESS, message)
        self.counts[what] += 1

    def m_reply(self, digest=None, **fields):
        date = {"Date": "Mon, 23 Nov 2026 12:00:00 +0000", "Message-ID": f"<{time.monotonic_ns()}@example.org>"}
        return self.m_box.reply(self.m_letter, digest or self.m_digest, **date | fields).encode()

    def m_signed(self, message, domain="example.org"):
        return dkim_keys.signed(message, self.m_mail.home, domain, dkim_keys.RSA_SELECTOR)

    def m_garbage(self):
        octets = self.m_random.randbytes(2000).replace(b"\r", b"").replace(b"\n", b"")
        lines = [octets[at:at + 500] for at in range(0, len(octets), 500)]  # a longer line the post office refuses itself
        self.m_send("garbage", b"\r\n".join(lines))

    def m_no_signature(self):
        self.m_send("no signature", self.m_reply())

    def m_unknown_token(self):
        self.m_send("another token", self.m_signed(self.m_reply(Subject="Re: ACME: " + "A" * 32)))

    def m_wrong_digest(self):
        """A true reply that answers wrongly would end the challenge: this one is a stranger's."""
        self.m_send("wrong digest", self.m_signed(self.m_reply("A" * 43, From="mallory@example.org")))

    def m_changed(self):
        self.m_send("changed on the way", self.m_signed(self.m_reply("B" * 43)).replace(b"B" * 43, self.m_digest.encode()))

    def m_stranger(self):
        self.m_send("a stranger's domain", self.m_signed(self.m_reply(), "example.net"))

    def m_large(self):
        self.m_send("too large", self.m_reply() + b"a line of nothing\r\n" * 20000)

    def m_file(self):
        folder = self.m_mail.maildir(mail_worlds.CA_ADDRESS)
        name = f"soak.{time.monotonic_ns()}.x"
        (folder / "tmp" / name).write_bytes(self.m_random.randbytes(500))
        (folder / "tmp" / name).rename(folder / "new" / name)
        self.counts["raw octets"] += 1


class Strangers(Player):
    """The second ACME implementation: an account, a mailbox, a CSR of its own making; revoked with the certificate's key."""

    def turn(self):
        address = f"s{self.counts['certificate']}@example.org"
        box = mailbox.Mailbox(address, self.m_service.mail.make_maildir(address), self.m_service.mail.port("SUBMISSION"))
        client = self.m_service.acme(jose.Es256())
        client.register()
        key = requests_for.ec_key()
        chain = enrollment.certificate_for(client, box, requests_for.csr(key, [address]))
        self.expect("certificate", b"BEGIN CERTIFICATE" in chain, chain)
        certificate = certificates.der(certificates.split(chain)[0])
        answer = client.post(client.directory["revokeCert"], {"certificate": jose.b64u(certificate), "reason": 4})
        self.expect("revocation", answer.status == 200, answer)
        self.expect("withdrawn", self.m_service.entries(address) == [])
        again = client.post(client.directory["revokeCert"], {"certificate": jose.b64u(certificate)})
        self.expect("revoked twice", again.problem == "alreadyRevoked", again)
        shutil.rmtree(box.m_maildir)
