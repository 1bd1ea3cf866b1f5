"""The rounds of scripts/crash-test: load, the end, a look at what it left, the next start, what must hold then."""
import collections
import contextlib
import dataclasses
import itertools
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

import load_world  # first: finds the others
import crash_books
import crash_operator
import crash_status
import disk as disks
import e2e
import processes

IN_FLIGHT = 48
SLOW_SYNC_MS = 5  # a commit takes its time, as on a disk: the end falls into one more often
ROUNDS_A_HOUSE = 10  # how many rounds one database lives through
PATIENCE = 60  # seconds, for whatever has to come to an end
FILLED = 600  # mailboxes with two certificates each, for the operator to revoke
SIGNER_FIRST = 0.3  # how many ends of the daemon come just after one of its signer


@dataclasses.dataclass
class Round:
    number: int
    kind: str  # kill, cut, signer
    breaches: list = dataclasses.field(default_factory=list)
    certificates: int = 0
    open_intents: int = 0
    continued: int = 0
    extra_mails: int = 0
    commands: int = 0  # of the operator
    told_again: int = 0  # of those, that the end or his own broke off
    signer_deaths: int = 0
    answers: int = 0  # by OCSP
    responders: int = 0  # that gave them

    @property
    def passed(self):
        return not self.breaches

    def tell(self):
        print(f"round {self.number} {self.kind}: {self.certificates} certificates, {self.open_intents} open intents, "
              f"{self.continued} enrollments continued, {self.extra_mails} extra mails, {self.commands} commands of the operator, "
              f"{self.told_again} of them broken off, {self.answers} OCSP answers of {self.responders} responders, "
              f"{self.signer_deaths} deaths of the signer: "
              f"{'ok' if self.passed else 'FAILED'}", flush=True)
        for breach in self.breaches[:10]:
            print(f"    {breach}", flush=True)
        if len(self.breaches) > 10:
            print(f"    and {len(self.breaches) - 10} more", flush=True)


class House:
    """A daemon under the shim in a fresh folder, for a few rounds. `orders`: what mailca-load orders, if not its usual profile."""

    def __init__(self, stack, home, build, ignore_syncs, orders=()):
        self.m_build = build
        self.m_orders = orders
        self.m_home = home
        world = stack.enter_context(load_world.LoadWorld(home / "mail", build))
        self.m_service = load_world.LoadedService(build, home / "ca", world)
        self.m_service.prepare()
        self.m_database = self.m_service.home / "mailca.db"
        self.m_books = crash_books.Books(self.m_database, self.m_service.base_url, PATIENCE)
        self.m_disk = disks.Disk(build, home, slow_sync_ms=SLOW_SYNC_MS, ignore_sync=int(ignore_syncs))
        self.m_journals = []
        self.m_revoked = []  # by the operator, ever
        e2e.must(build / "bench" / "mailca-fill", self.m_database, self.m_service.home / "ca" / "authority.toml",
                 self.m_service.home / "passphrase", e2e.ROOT / "policies", 0, FILLED, patience=600)
        stack.push(self.m_service)  # ends it
        self.start()

    def start(self):
        self.m_service.start(*self.m_disk.under)

    def play(self, one, chance):
        """One round; what went wrong is in it."""
        journal = self.m_home / f"journal-{one.number}"
        self.m_journals.append(journal)
        load = self.m_load("--seconds", 3600, "--journal", journal)
        live = self.m_books.to_revoke()
        operator = crash_operator.Operator(self.m_service, live, chance.random(), one.number)
        operator.start()
        watcher = crash_status.StatusWatcher(self.m_service, self.m_revoked, live, chance.random())
        watcher.start()
        orphans = self.m_books.orphans()
        try:
            wait_for_certificates(journal, load, chance)
            if one.kind == "signer" or chance.random() < SIGNER_FIRST:
                self.m_end_signer(one)
            if one.kind == "signer":
                self.m_goes_on(one, journal, load)
            else:
                time.sleep(chance.uniform(0, 1) if one.signer_deaths else 0)  # into the new signer's responder, or before
                self.m_end(one.kind)
        finally:
            said = end_of(load)
            operator.join()
            watcher.stop()
        failed = int(load_world.figures_of(said).get("failed", 0))
        one.certificates = len(facts(journal, "certificate"))
        intents = [] if one.kind == "signer" else self.m_books.open_intents()
        one.open_intents = len(intents)
        resume = self.m_load("resume", "--journal", journal)  # listens for mail before the daemon sends any
        if one.kind != "signer":
            try:
                self.start()
            except RuntimeError:
                end_of(resume)
                raise
        self.m_resumed(one, resume)
        # Whoever's certificate was with the signer when it died is told that his order failed; nobody else.
        if load.returncode != 0 and not (one.signer_deaths and failed <= self.m_books.orphans() - orphans):
            one.breaches.append(f"enrollments failed before the end: {said}")
        self.m_status_kept(one, watcher)
        one.commands = len(operator.commands)
        one.told_again = sum(not command.acknowledged for command in operator.commands)
        acknowledged = [serial for command in operator.commands if command.acknowledged for serial in command.serials
                        if isinstance(command, crash_operator.Revocation)]
        one.breaches += self.m_books.not_revoked(acknowledged)
        one.breaches += operator.settle()
        self.m_revoked += operator.revoked()
        one.breaches += self.m_books.not_revoked(self.m_revoked)
        mails = collections.Counter(fact["mailbox"] for fact in facts(journal, "challenge-mail"))
        one.extra_mails = sum(count - 1 for count in mails.values())
        one.breaches += [f"{mailbox} got {count} challenge mails" for mailbox, count in mails.items() if count > 2]
        one.breaches += self.m_broken_promises(crashes=1)  # every challenge lives through one crash at most
        one.breaches += self.m_books.left_open() if one.kind == "signer" else self.m_books.unrevoked(intents)

    def finish(self, one):
        """After the last round: nothing of the earlier ones was lost since, the CRLs are complete, the end is clean."""
        for journal in self.m_journals[:-1]:
            self.m_resumed(Round(one.number, one.kind, one.breaches), self.m_load("resume", "--journal", journal))
        deadline = time.monotonic() + PATIENCE  # in which each revocation has to show
        while (missing := self.m_books.missing_on_crls()) and time.monotonic() < deadline:
            time.sleep(1)
        one.breaches += missing
        if self.m_service.stop() != 0:
            one.breaches.append(f"mailcad did not end cleanly: {self.m_service.log()[-1000:]}")
        one.breaches += self.m_broken_promises(crashes=1)

    def m_load(self, *arguments):
        command = self.m_service.load_command("--in-flight", IN_FLIGHT, "--patience", PATIENCE, *self.m_orders, *arguments)
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                preexec_fn=processes.end_with_parent)

    def m_end(self, kind):
        if kind == "kill":
            os.kill(self.m_service.pid(), signal.SIGKILL)
        else:
            self.m_disk.cut()
        code = self.m_service.ended(PATIENCE)
        if code != -signal.SIGKILL:
            raise RuntimeError(f"mailcad ended with {code}, not by the {kind}: {self.m_service.log()[-1000:]}")

    def m_end_signer(self, one):
        one.signer_deaths += 1
        os.kill(self.m_service.signer_pid(PATIENCE), signal.SIGKILL)

    def m_goes_on(self, one, journal, load):
        """The daemon has another signer, and issues."""
        before = len(facts(journal, "certificate"))
        deadline = time.monotonic() + PATIENCE
        while len(facts(journal, "certificate")) <= before + IN_FLIGHT:  # those of before may have been on their way
            if not self.m_service.alive() or load.poll() is not None or time.monotonic() > deadline:
                one.breaches.append(f"nothing is issued after the signer's death: {self.m_service.log()[-1000:]}")
                return
            time.sleep(0.1)

    def m_status_kept(self, one, watcher):
        one.answers, one.responders = watcher.answers, len(watcher.responders)
        one.breaches += watcher.breaches
        one.breaches += [f"the responder {serial:x} was not recorded" for serial in watcher.responders - self.m_books.responders()]

    def m_resumed(self, one, resume):
        said = end_of(resume, patience=4 * PATIENCE, signal_it=False)
        figures = load_world.figures_of(said)
        one.breaches += [line for line in said.splitlines() if line.startswith("breach: ")]
        if resume.returncode != 0 and not one.breaches:
            one.breaches.append(f"mailca-load resume: {said[-1000:]}")
        one.continued = int(figures.get("continued", 0))

    def m_broken_promises(self, crashes):
        """Once the orders that no client knows of have come to their end, too."""
        deadline = time.monotonic() + PATIENCE
        while True:
            done = subprocess.run([self.m_build / "tests" / "check_invariants", self.m_database, str(crashes)],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if done.returncode == 0 or time.monotonic() > deadline or "in progress" not in done.stdout:
                return done.stdout.splitlines() or ([] if done.returncode == 0 else ["check_invariants gives no answer"])
            time.sleep(0.2)


def facts(journal, name):
    if not journal.exists():
        return []
    lines = journal.read_text().split("\n")[:-1]
    return [fact for fact in map(json.loads, lines) if fact["fact"] == name]


def wait_for_certificates(journal, load, chance):
    """A random while, in which the round has issued something."""
    time.sleep(chance.uniform(0.3, 3))
    deadline = time.monotonic() + PATIENCE
    while not facts(journal, "certificate"):
        if load.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("nothing was issued")
        time.sleep(0.05)
        time.sleep(chance.uniform(0, 0.5) if facts(journal, "certificate") else 0)


def end_of(process, patience=PATIENCE, signal_it=True):
    """What the process said, once it has ended."""
    if signal_it:
        process.terminate()
    try:
        return process.communicate(timeout=patience)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0] + "\nit did not end"


def run(build, count, seed, ignore_syncs):
    """`count` kills, power cuts and deaths of the signer each, in turn; gives the rounds."""
    chance = random.Random(seed)
    kinds = ("kill", "cut") if ignore_syncs else ("kill", "cut", "signer")
    left = [Round(number + 1, kinds[number % len(kinds)]) for number in range(len(kinds) * count)]
    done = []
    for house in itertools.count():
        if not left:
            break
        home = pathlib.Path(tempfile.mkdtemp(prefix="mailca-crash-"))
        orders = load_world.BUNDLE if house % 2 == 0 else ()  # six certificates, all or none; or one
        played = play_house(home, left[:ROUNDS_A_HOUSE], build, chance, ignore_syncs, orders)
        done += played
        left = left[len(played):]
        if ignore_syncs or all(one.passed for one in played):  # there is nothing to learn from a loss that was ordered
            shutil.rmtree(home)
        else:
            print(f"left for you to look at: {home}", flush=True)
    return done


def play_house(home, rounds, build, chance, ignore_syncs, orders):
    """Rounds on one database, up to the first that fails; gives those."""
    with contextlib.ExitStack() as stack:
        house = House(stack, home, build, ignore_syncs, orders)
        for at, one in enumerate(rounds):
            try:
                house.play(one, chance)
                if one.passed and one is rounds[-1]:
                    house.finish(one)
            except (RuntimeError, sqlite3.Error, OSError) as trouble:
                one.breaches.append(str(trouble))
            one.tell()
            if not one.passed:
                return rounds[:at + 1]
    return rounds
