"""Somebody who asks for the status of certificates by OCSP all through the rounds of scripts/crash-test, with openssl: what was
revoked before stays revoked, every answer verifies, and every responder was recorded before it answered."""
import random
import subprocess
import threading

from cryptography.x509 import ocsp

ISSUER = "smime-1"


class StatusWatcher(threading.Thread):
    """`revoked`: serials that are, for good; `live`: serials that may become so. Asks until stop()."""

    def __init__(self, service, revoked, live, seed):
        super().__init__(daemon=True)
        self.breaches = []
        self.answers = 0
        self.responders = set()  # serial numbers
        self.m_service = service
        self.m_revoked = revoked
        self.m_live = live
        self.m_chance = random.Random(seed)
        self.m_stop = threading.Event()

    def run(self):
        while not self.m_stop.is_set():
            gone = self.m_revoked and self.m_chance.random() < 0.5
            self.m_ask(self.m_chance.choice(self.m_revoked if gone else self.m_live), gone)

    def stop(self):
        self.m_stop.set()
        self.join()

    def m_ask(self, serial, gone):
        authority, answer = self.m_service.home / "ca", self.m_service.home / f"status-{self.ident}.der"
        answer.unlink(missing_ok=True)
        nonce = () if self.m_chance.random() < 0.5 else ("-no_nonce",)  # signed for this question, or kept
        said = subprocess.run(
            ["openssl", "ocsp", "-issuer", authority / f"{ISSUER}.pem", "-serial", f"0x{serial.hex()}", *nonce, "-url",
             f"{self.m_service.base_url}/ocsp", "-CAfile", authority / "smime-root-1.pem", "-verify_other", authority / f"{ISSUER}.pem",
             "-timeout", "10", "-respout", answer], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
        if not answer.exists() or "Responder Error" in said:
            self.m_stop.wait(0.05)  # nobody is there, or the signer is not: no answer at all
            return
        self.answers += 1
        if "Response verify OK" not in said:
            self.breaches.append(f"a status of {serial.hex()} does not verify: {said[-500:]}")
        if ": unknown" in said or (gone and ": revoked" not in said):
            self.breaches.append(f"the status of {serial.hex()}, revoked for good: {gone}, is said to be {said[-300:]}")
        response = ocsp.load_der_ocsp_response(answer.read_bytes())
        self.responders |= {certificate.serial_number for certificate in response.certificates}
