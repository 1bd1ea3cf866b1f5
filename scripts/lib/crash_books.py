"""The daemon's database as scripts/crash-test looks at it: with SQL of its own, beside the daemon or after its end."""
import contextlib
import pathlib
import shutil
import sqlite3
import tempfile
import time

import acme_client
from cryptography import x509

A_ROUND = 120  # certificates for the operator to revoke, at most


class Books:
    """`patience`: seconds, for whatever has to come to an end."""

    def __init__(self, database, base_url, patience):
        self.m_database = database
        self.m_base_url = base_url
        self.m_patience = patience

    def open_intents(self):
        """(issuer, serial) of what was to be signed and has no certificate, in the files as the end left them."""
        with tempfile.TemporaryDirectory(dir=self.m_database.parent) as folder:
            for file in self.m_database.parent.glob("mailca.db*"):
                if not file.name.endswith("-shm"):
                    shutil.copy(file, folder)
            with contextlib.closing(sqlite3.connect(pathlib.Path(folder) / "mailca.db")) as database:
                if not database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'intents'").fetchone():
                    return []  # not even the schema was there yet
                return database.execute("SELECT issuer, serial FROM intents WHERE revoked_at IS NULL").fetchall()

    def m_query(self, sql):
        with contextlib.closing(sqlite3.connect(f"file:{self.m_database}?mode=ro", uri=True)) as database:
            return database.execute(sql).fetchall()

    def orphans(self):
        return self.m_query("SELECT count(*) FROM intents WHERE revoked_at IS NOT NULL")[0][0]

    def left_open(self):
        """After everybody has come to an end: an intent without a certificate is one that was revoked."""
        deadline = time.monotonic() + self.m_patience
        while (left := self.m_query("SELECT issuer, serial FROM intents WHERE revoked_at IS NULL")) and time.monotonic() < deadline:
            time.sleep(0.5)
        return [f"the intent {serial.hex()} stays open" for issuer, serial in left]

    def to_revoke(self):
        """Serials of the filled mailboxes that are live."""
        return [serial for serial, in self.m_query(
            "SELECT k.serial FROM certificates k JOIN orders o ON o.nr = k.order_nr JOIN authorizations a ON a.nr = o.authorization"
            " JOIN mailboxes b ON b.nr = a.mailbox WHERE k.revoked_at IS NULL AND b.address LIKE 'mailbox%@site%.example'"
            f" ORDER BY k.nr LIMIT {A_ROUND}")]

    def not_revoked(self, serials):
        revoked = {serial for serial, in self.m_query("SELECT serial FROM certificates WHERE revoked_at IS NOT NULL")}
        return [f"{serial.hex()} is not revoked, as the operator was told" for serial in serials if serial not in revoked]

    def unrevoked(self, intents):
        revoked = set(self.m_query("SELECT issuer, serial FROM intents WHERE revoked_at IS NOT NULL"))
        return [f"the orphan {serial.hex()} is not recorded as revoked" for issuer, serial in intents
                if (issuer, serial) not in revoked]

    def missing_on_crls(self):
        listed = {}
        breaches = []
        for issuer, shard, serial in self.m_query("SELECT issuer, shard, serial FROM intents WHERE revoked_at IS NOT NULL UNION ALL"
                                                  " SELECT issuer, shard, serial FROM certificates WHERE revoked_at IS NOT NULL"):
            if (issuer, shard) not in listed:
                answer = acme_client.request("GET", f"{self.m_base_url}/crl/{issuer}/{shard}.crl")
                listed[issuer, shard] = x509.load_der_x509_crl(answer.body)
            number = int.from_bytes(serial, "big")
            if listed[issuer, shard].get_revoked_certificate_by_serial_number(number) is None:
                breaches.append(f"{serial.hex()} is not on the CRL")
        return breaches

    def responders(self):
        """Serial numbers of the service's own certificates, from before they are signed."""
        return {int.from_bytes(serial, "big") for serial, in self.m_query("SELECT serial FROM service_certificates")}
