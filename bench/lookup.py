"""Lookups of published mailboxes: CPU beside a bare handler's, growth with the database, bytes on the disk.

    scripts/bench lookup [--few 1000] [--many 100000] [--seconds 8] [--rounds 3]

Two daemons hold few and many mailboxes, two certificates each; a bare server answers one of their answers to everybody.
Each round asks all three in turn, over kept connections, for mailboxes drawn uniformly. Costs are CPU seconds of the
server's process; the load generator has a core's worth of its own.
"""
import argparse
import json
import subprocess

import measure
import wrk

import e2e
import mail_worlds
import processes
import service as services

CERTIFICATES = 2  # of a mailbox: the profile smime
CONNECTIONS = 32
THREADS = 4  # of the daemon's public listener: two a core, as daemon/listeners.cpp has it
FILL = measure.RELEASE / "bench" / "mailca-fill"
BARE = measure.RELEASE / "bench" / "mailca-bare-server"

# Addresses as bench/lookup/fill.cpp makes them.
WRK_SCRIPT = """\
local count = tonumber(os.getenv("MAILBOXES"))
function init(args) math.randomseed(os.time()) end
function request()
  local n = math.random(0, count - 1)
  return wrk.format("GET", string.format("/v1/mailboxes/mailbox%06d@site%02d.example", n, n % 100))
end
""" + wrk.DONE


class Holder:
    """A daemon over a database with that many mailboxes."""

    def __init__(self, folder, mail, mailboxes):
        self.mailboxes = mailboxes
        self.certificates = mailboxes * CERTIFICATES
        self.service = services.Service(measure.RELEASE, folder, mail).prepare()
        self.database = folder / "mailca.db"
        filled = e2e.must(FILL, self.database, folder / "ca" / "authority.toml", folder / "passphrase", e2e.ROOT / "policies", 0,
                 mailboxes, patience=3600)
        self.der_bytes = int(filled.split()[-1])
        self.bytes = self.database.stat().st_size  # before the daemon opens it: closed, the log is in the database
        self.service.start()
        self.pid, self.port = self.service.pid(), self.service.ports["public"]

    def answer(self):
        return self.service.lookup("mailbox000000@site00.example").body


class Bare:
    def __init__(self, folder, body):
        (folder / "answer").write_bytes(body)
        self.m_process = subprocess.Popen([BARE, folder / "answer", str(THREADS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                          preexec_fn=processes.end_with_parent)
        self.pid, self.port = self.m_process.pid, int(self.m_process.stdout.readline())

    def stop(self):
        self.m_process.stdin.close()
        self.m_process.wait()


class Load:
    def __init__(self, folder, body):
        self.m_script = folder / "load.lua"
        self.m_script.write_text(WRK_SCRIPT)
        self.m_body = body
        self.spent = {}  # what: [CPU seconds, requests, seconds]

    def run(self, what, server, mailboxes, seconds):
        before = measure.cpu_seconds(server.pid)
        said = subprocess.run(["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", self.m_script, f"http://127.0.0.1:{server.port}"],
                              env={"MAILBOXES": str(mailboxes)}, capture_output=True, text=True, check=True).stdout
        result = json.loads(said.splitlines()[-1])
        # All hits: an empty answer would be much shorter than those that are expected.
        if result["failed"] or result["bytes"] < result["requests"] * (len(self.m_body) - 50):
            raise RuntimeError(f"{what}: not every answer was a hit: {result}")
        spent = self.spent.setdefault(what, [0.0, 0, 0.0])
        for i, more in enumerate((measure.cpu_seconds(server.pid) - before, result["requests"], result["micros"] / 1e6)):
            spent[i] += more

    def cost(self, what):
        return self.spent[what][0] / self.spent[what][1]


def compare(folder, options, few, many):
    load = Load(folder, many.answer())
    bare = Bare(folder, many.answer())
    for server, mailboxes in ((bare, 1), (few, few.mailboxes), (many, many.mailboxes)):
        load.run("warm-up", server, mailboxes, 1)
    for _ in range(options.rounds):
        load.run("bare", bare, many.mailboxes, options.seconds)
        load.run("few", few, few.mailboxes, options.seconds)
        load.run("many", many, many.mailboxes, options.seconds)
    bare.stop()
    return load


def tell(load, many):
    measure.figure("lookups_per_s", load.spent["many"][1] / load.spent["many"][2], "1/s")
    measure.figure("lookup_cpu_us", load.cost("many") * 1e6, "us")
    measure.figure("bare_cpu_us", load.cost("bare") * 1e6, "us")
    measure.figure("lookup_cpu_to_bare_ratio", load.cost("many") / load.cost("bare"))
    measure.figure("lookup_growth_ratio", load.cost("many") / load.cost("few"))
    measure.figure("lookup_memory_mb", measure.memory_mb(many.pid, "RssAnon"), "MiB")  # without the file's mapped pages
    measure.figure("certificates", many.certificates)
    measure.figure("bytes_on_disk_per_certificate", many.bytes / many.certificates, "B")
    measure.figure("der_bytes_per_certificate", many.der_bytes / many.certificates, "B")
    measure.figure("bytes_on_disk_to_der_ratio", many.bytes / many.der_bytes)


def main(arguments):
    parser = argparse.ArgumentParser(prog="scripts/bench lookup", description=__doc__.partition("\n")[0])
    parser.add_argument("--few", type=int, default=1000, help="mailboxes in the small database")
    parser.add_argument("--many", type=int, default=100000, help="mailboxes in the large one")
    parser.add_argument("--seconds", type=int, default=8, help="of load on each server, each round")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    measure.build("mailcad", "mailca-admin", "mailca-fill", "mailca-bare-server")
    with e2e.Folder() as folder, mail_worlds.PostOffice(folder / "mail") as mail:
        few = Holder(folder / "few", mail, options.few)
        many = Holder(folder / "many", mail, options.many)
        with few.service, many.service:
            load = compare(folder, options, few, many)
            tell(load, many)
    return 0
