"""The operator in the rounds of scripts/crash-test: revokes and opens incidents until the daemon ends, is killed himself now
and then, and afterwards gives the same commands again. Whatever he was told is done has to be done, once."""
import datetime
import random
import subprocess
import threading
import time

import acme_client
import processes
from cryptography import x509

AT_ONCE = 24  # certificates in one command
RATE = 12  # a second: a command is several transactions, which the end falls between
DEADLINE = 4  # seconds after an incident is opened
OWN_DEATHS = 0.3  # how many of his commands end by kill -9
PATIENCE = 90  # seconds, for what he told again
ISSUER, SHARDS = "smime-1", 16


class Command:
    """One command of mailca-admin over a list of serials, which can be given again."""

    def __init__(self, service, serials, *order):
        self.serials = serials
        self.acknowledged = False
        self.m_service = service
        self.m_order = order

    def run(self, life=None):
        """(exit code, what it said); `life`: seconds, after which it is killed."""
        process = subprocess.Popen(
            [self.m_service.program("mailca-admin"), *self.m_order, "--list", "-", "--config", self.m_service.config],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            preexec_fn=processes.end_with_parent)
        try:
            said = process.communicate("".join(f"{serial.hex()}\n" for serial in self.serials), timeout=life or PATIENCE)[0]
        except subprocess.TimeoutExpired:
            process.kill()
            said = process.communicate()[0]
        self.acknowledged = self.acknowledged or process.returncode == 0
        return process.returncode, said


class Operator(threading.Thread):
    """`serials`: live certificates that nobody else revokes. Runs until the daemon gives no answer."""

    def __init__(self, service, serials, seed, round_number):
        super().__init__(daemon=True)
        self.commands = []
        self.incidents = []
        self.numbers = {}  # of each CRL, the highest that was served
        self.m_service = service
        self.m_serials = serials
        self.m_chance = random.Random(seed)
        self.m_round = round_number

    def run(self):
        while self.m_serials and self.m_service.alive():
            mine, self.m_serials = self.m_serials[:AT_ONCE], self.m_serials[AT_ONCE:]
            command = self.m_next(mine)
            self.commands.append(command)
            command.run(life=self.m_chance.uniform(0.05, 2) if self.m_chance.random() < OWN_DEATHS else None)
            self.m_look_at_crls()

    def settle(self):
        """After the next start: the same commands again. Gives what is not as it was promised."""
        breaches = []
        for command in self.commands:
            code, said = command.run()
            if code != 0:
                breaches.append(f"the operator's command, given again: {code} {said[-500:]}")
        deadline = time.monotonic() + PATIENCE
        for name in self.incidents:
            while self.m_state(name) != "done":
                if time.monotonic() > deadline:
                    breaches.append(f"the incident {name} does not end: {self.m_state(name)}")
                    break
                time.sleep(0.5)
        before = self.numbers
        self.m_look_at_crls()
        breaches += [f"the CRL {path} went back from {number} to {self.numbers[path]}" for path, number in before.items()
                     if self.numbers[path] < number]
        return breaches

    def revoked(self):
        """The serials that have to be revoked for ever, once settle() is through."""
        return [serial for command in self.commands for serial in command.serials]

    def m_next(self, serials):
        if self.m_chance.random() < 0.5:
            return Revocation(self.m_service, serials, "revoke", "--reason", "superseded", "--rate", str(RATE), "--yes")
        name = f"round-{self.m_round}-{len(self.incidents)}"
        self.incidents.append(name)
        deadline = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=DEADLINE)
        return Incident(self.m_service, serials, name, deadline)

    def m_state(self, name):
        said = subprocess.run([self.m_service.program("mailca-admin"), "incident", "status", name, "--config", self.m_service.config],
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout
        return said.partition(": ")[2].partition(",")[0]

    def m_look_at_crls(self):
        seen = dict(self.numbers)
        for path in [f"/crl/{ISSUER}.crl"] + [f"/crl/{ISSUER}/{shard}.crl" for shard in range(SHARDS)]:
            try:
                answer = acme_client.request("GET", self.m_service.base_url + path)
            except OSError:
                break
            if answer.status == 200:
                crl = x509.load_der_x509_crl(answer.body)
                seen[path] = crl.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
        self.numbers = seen


class Revocation(Command):
    """Acknowledged, all of it is durable."""


class Incident(Command):
    """To a deadline that lies ahead at each telling; the first that the daemon heard of is the one that counts."""

    def __init__(self, service, serials, name, deadline):
        super().__init__(service, serials)
        self.m_name = name
        self.m_deadline = deadline

    def run(self, life=None):
        soonest = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=DEADLINE)
        self.m_order = ("incident", "open", self.m_name, "--reason", "cessationOfOperation", "--rate", str(RATE), "--deadline",
                        max(self.m_deadline, soonest).strftime("%Y-%m-%dT%H:%M:%SZ"))
        return super().run(life)
