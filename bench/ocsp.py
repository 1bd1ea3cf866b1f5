"""OCSP: CPU of kept answers beside a bare handler's, and of fresh ones beside a P-256 signature.

    scripts/bench ocsp [--mailboxes 500] [--seconds 6] [--rounds 3]

The daemon holds that many mailboxes, two certificates each. Kept: GET, drawn uniformly from all of them, each asked for
before. Fresh: POST with a nonce. The bare server answers one of the same answers to everybody. Costs are CPU seconds of
the server's process.
"""
import argparse
import base64
import hashlib
import sqlite3
import urllib.parse

import measure
import wrk

import e2e
import lookup
import mail_worlds
import service as services
from cryptography import x509

KEPT = """
local paths = {}
for line in io.lines("%s") do paths[#paths + 1] = line end
local at = 0
function init(args) math.randomseed(os.time()) end
function request()
  if at < #paths then at = at + 1 else return wrk.format("GET", paths[math.random(#paths)]) end
  return wrk.format("GET", paths[at])
end
"""
FRESH = """
local file = io.open("%s", "rb")
local prefix = file:read("*a")
wrk.headers["Content-Type"] = "application/ocsp-request"
function init(args) math.randomseed(os.time()) end
function request()
  local nonce = {}
  for i = 1, 16 do nonce[i] = string.char(math.random(0, 255)) end
  return wrk.format("POST", "/ocsp", nil, prefix .. table.concat(nonce))
end
"""


def der(tag, *parts):
    content = b"".join(parts)
    size = len(content)
    return bytes([tag]) + (bytes([size]) if size < 128 else bytes([0x81, size])) + content


class Requests:
    """About the certificates of an issuing CA, by their serial numbers (RFC 6960 section 4.1.1), with SHA-1."""

    def __init__(self, issuing):
        issuer = x509.load_pem_x509_certificate(issuing.read_bytes())
        self.m_issuer = (bytes.fromhex("300906052b0e03021a0500") + der(4, hashlib.sha1(issuer.subject.public_bytes()).digest()) +
                         der(4, x509.SubjectKeyIdentifier.from_public_key(issuer.public_key()).digest))

    def m_list(self, serial):
        return der(0x30, der(0x30, der(0x30, self.m_issuer, der(2, serial))))

    def plain(self, serial):
        return der(0x30, der(0x30, self.m_list(serial)))

    def before_nonce(self, serial):
        """All of a request but the 16 octets of its nonce, which are its last."""
        nonce = der(0x30, bytes.fromhex("06092b0601050507300102"), der(4, der(4, bytes(16))))
        return der(0x30, der(0x30, self.m_list(serial), der(0xA2, der(0x30, nonce))))[:-16]


def serials_in(database):
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as opened:
        return [row[0] for row in opened.execute("SELECT serial FROM certificates WHERE issuer = 'smime-1'")]


def compare(folder, service, serials, options):
    requests = Requests(service.issuing_certificates()[0])
    paths = ["/ocsp/" + urllib.parse.quote(base64.b64encode(requests.plain(serial)).decode(), safe="") for serial in serials]
    (folder / "paths").write_text("\n".join(paths) + "\n")
    (folder / "prefix").write_bytes(requests.before_nonce(serials[0]))
    (folder / "kept.lua").write_text(KEPT % (folder / "paths") + wrk.DONE)
    (folder / "fresh.lua").write_text(FRESH % (folder / "prefix") + wrk.DONE)
    body = services.acme_client.request("GET", service.base_url + paths[0]).body
    bare = lookup.Bare(folder, body)
    spent = {"kept": wrk.Spent(), "fresh": wrk.Spent(), "bare": wrk.Spent()}
    rows = (("bare", bare.pid, bare.port, "kept"), ("kept", service.pid(), service.ports["public"], "kept"),
            ("fresh", service.pid(), service.ports["public"], "fresh"))
    for _, pid, port, script in rows:
        wrk.load(wrk.Spent(), pid, port, folder / f"{script}.lua", 1, len(body) - 20)
    for _ in range(options.rounds):
        for what, pid, port, script in rows:
            wrk.load(spent[what], pid, port, folder / f"{script}.lua", options.seconds, len(body) - 20)
    bare.stop()
    return spent


def tell(spent):
    signature = 1 / wrk.p256_signatures_per_cpu_second()
    measure.figure("ocsp_kept_per_s", spent["kept"].rate, "1/s")
    measure.figure("ocsp_kept_cpu_us", spent["kept"].cost * 1e6, "us")
    measure.figure("bare_cpu_us", spent["bare"].cost * 1e6, "us")
    measure.figure("ocsp_cpu_to_bare_ratio", spent["kept"].cost / spent["bare"].cost)
    measure.figure("ocsp_fresh_cpu_us", spent["fresh"].cost * 1e6, "us")
    measure.figure("p256_signature_cpu_us", signature * 1e6, "us")
    measure.figure("ocsp_fresh_over_bare_in_signatures", (spent["fresh"].cost - spent["bare"].cost) / signature)


def main(arguments):
    parser = argparse.ArgumentParser(prog="scripts/bench ocsp", description=__doc__.partition("\n")[0])
    parser.add_argument("--mailboxes", type=int, default=500)
    parser.add_argument("--seconds", type=int, default=6, help="of each load, each round")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    measure.build("mailcad", "mailca-admin", "mailca-fill", "mailca-bare-server")
    with e2e.Folder() as folder, mail_worlds.PostOffice(folder / "mail") as mail:
        service = services.Service(measure.RELEASE, folder / "ca", mail).prepare()
        database = service.home / "mailca.db"
        e2e.must(lookup.FILL, database, service.home / "ca" / "authority.toml", service.home / "passphrase",
                 e2e.ROOT / "policies", 0, options.mailboxes, patience=600)
        serials = serials_in(database)
        service.start()
        with service:
            tell(compare(folder, service, serials, options))
    return 0
