"""CRLs with a million revocations: seconds and memory to make them, and how soon one more revocation shows.

    scripts/bench crl [--revocations 1000000] [--shown 20]

The database holds that many revoked certificates of smime-1. The daemon's start signs its 16 shards and its complete CRL
from them. Then certificates are revoked, one after another, while wrk asks the lookup all the time: each is looked for in
its shard.
"""
import argparse
import datetime
import os
import re
import sqlite3
import subprocess
import threading
import time

import measure
import wrk

import acme_client
import e2e
import lookup
import mail_worlds
import processes
import service as services
from cryptography import x509

SHARDS = 16
ENTRY_PATIENCE = 90


def fill(database, count):
    """Revoked certificates as rows that CRLs are made of: what else belongs to them is no matter here."""
    now = int(time.time())
    with sqlite3.connect(database) as db:
        db.execute("PRAGMA synchronous=OFF")
        (order, model), = db.execute("SELECT order_nr, model FROM certificates WHERE issuer = 'smime-1' LIMIT 1")
        first = db.execute("SELECT max(nr) FROM certificates").fetchone()[0] + 1
        serials = (bytes([1 + n % 126]) + os.urandom(19) for n in range(count))
        db.executemany(
            "INSERT INTO certificates (nr, id, order_nr, serial, issuer, shard, model, not_before, not_after, revoked_at, reason,"
            " packed_der) VALUES (?, ?, ?, ?, 'smime-1', ?, ?, ?, ?, ?, ?, x'00')",
            ((first + n, os.urandom(16), order, serial, int.from_bytes(serial[-2:], "big") % SHARDS, model, now, now + 86400 * 365,
              now - n % 86400, (1, 3, 4, 5, 9, None)[n % 6]) for n, serial in enumerate(serials)))
        db.execute("INSERT OR IGNORE INTO crl_shards SELECT issuer, shard, 0 FROM certificates WHERE revoked_at IS NOT NULL"
                   " GROUP BY issuer, shard")
        db.execute("UPDATE crl_shards SET revision = (SELECT count(*) FROM certificates k WHERE k.issuer = crl_shards.issuer"
                   " AND k.shard = crl_shards.shard AND k.revoked_at IS NOT NULL)")


def signed_in(log):
    """Seconds from the moment when all was opened to the last of the start's CRLs, by the log's own times."""
    def last(event):
        found = re.findall(rf"^(\S+)Z \S+ {re.escape(event)} ", log, re.MULTILINE)
        return datetime.datetime.fromisoformat(found[-1])
    return (last("crl.signed") - last("timestamp.unit")).total_seconds()


class PeakOfSigning(threading.Thread):
    """Forgets the peak that unsealing the keys made, as soon as all is opened and the signing begins."""

    def __init__(self, service):
        super().__init__(daemon=True)
        self.m_service = service

    def run(self):
        while "timestamp.unit" not in self.m_service.log():
            time.sleep(0.02)
        measure.forget_peak(self.m_service.pid())


def live_serials(database, count):
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        return [serial for serial, in db.execute("SELECT serial FROM certificates WHERE revoked_at IS NULL AND issuer = 'smime-1'"
                                                 " LIMIT ?", (count,))]


def shown_after(service, serial):
    """Seconds from the operator's answer until the shard at its URL lists the serial number."""
    code, said = service.admin("revoke", "--serial", serial.hex(), "--reason", "superseded", "--yes")
    if code != 0:
        raise RuntimeError(said)
    begun = time.monotonic()
    shard = int.from_bytes(serial[-2:], "big") % SHARDS
    url, etag = f"{service.base_url}/crl/smime-1/{shard}.crl", ""
    while time.monotonic() - begun < ENTRY_PATIENCE:
        answer = acme_client.request("GET", url, headers={"If-None-Match": etag})
        if answer.status == 200 and serial in answer.body:
            return time.monotonic() - begun
        etag = answer.headers["ETag"]
        time.sleep(0.25)
    raise RuntimeError(f"{serial.hex()} is not on its CRL after {ENTRY_PATIENCE} s")


def under_load(folder, service, mailboxes, serials):
    (folder / "lookup.lua").write_text(lookup.WRK_SCRIPT)
    load = subprocess.Popen(["wrk", "-t1", "-c32", "-d3600s", "-s", folder / "lookup.lua", service.exchange_url],
                            env={"MAILBOXES": str(mailboxes)}, stdout=subprocess.DEVNULL, preexec_fn=processes.end_with_parent)
    try:
        return [shown_after(service, serial) for serial in serials]
    finally:
        load.terminate()
        load.wait()


def main(arguments):
    parser = argparse.ArgumentParser(prog="scripts/bench crl", description=__doc__.partition("\n")[0])
    parser.add_argument("--revocations", type=int, default=1_000_000)
    parser.add_argument("--shown", type=int, default=20, help="revocations looked for in their shards")
    options = parser.parse_args(arguments)
    measure.build("mailcad", "mailca-admin", "mailca-fill")
    with e2e.Folder() as folder, mail_worlds.PostOffice(folder / "mail") as mail:
        service = services.Service(measure.RELEASE, folder / "ca", mail).prepare()
        database = service.home / "mailca.db"
        mailboxes = options.shown + 10
        e2e.must(lookup.FILL, database, service.home / "ca" / "authority.toml", service.home / "passphrase",
                 e2e.ROOT / "policies", 0, mailboxes, patience=600)
        fill(database, options.revocations)
        serials = live_serials(database, options.shown)
        (service.home / "mailcad.log").touch()
        PeakOfSigning(service).start()
        service.start()
        with service:
            measure.figure("revocations", options.revocations)
            measure.figure("crl_seconds", signed_in(service.log()), "s")
            measure.figure("crl_peak_rss_mb", measure.memory_mb(service.pid(), "VmHWM"), "MiB")
            tell_complete(service, folder)
            measure.forget_peak(service.pid())
            shown = under_load(folder, service, mailboxes, serials)
            measure.figure("revocation_shown_after_most", max(shown), "s")
            measure.figure("revocation_shown_after_mean", sum(shown) / len(shown), "s")
            measure.figure("crl_peak_rss_mb_under_load", measure.memory_mb(service.pid(), "VmHWM"), "MiB")
    return 0


def tell_complete(service, folder):
    """Read by openssl: the complete CRL has them all."""
    answer = acme_client.request("GET", f"{service.base_url}/crl/smime-1.crl")
    (folder / "complete.crl").write_bytes(answer.body)
    e2e.must("openssl", "crl", "-inform", "DER", "-in", folder / "complete.crl", "-noout", "-verify", "-CAfile",
             service.home / "ca" / "smime-1.pem")
    measure.figure("complete_crl_mb", len(answer.body) / 2**20, "MiB")
    measure.figure("complete_crl_entries", len(x509.load_der_x509_crl(answer.body)))
