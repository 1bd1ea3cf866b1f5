"""Timestamps: tokens per CPU second of the daemon over P-256 signatures per CPU second.

    scripts/bench timestamp [--seconds 8] [--rounds 3]
"""
import argparse

import measure
import wrk

import e2e
import mail_worlds
import service as services

SCRIPT = """
local file = io.open("%s", "rb")
wrk.method = "POST"
wrk.path = "/timestamp"
wrk.headers["Content-Type"] = "application/timestamp-query"
wrk.body = file:read("*a")
"""


def main(arguments):
    parser = argparse.ArgumentParser(prog="scripts/bench timestamp", description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=8, help="of load, each round")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(arguments)
    measure.build("mailcad", "mailca-admin")
    unchecked = "\n[timestamp]\nunsynchronised_clock = true\n"
    with e2e.Folder() as folder, mail_worlds.PostOffice(folder / "mail") as mail:
        with services.Service(measure.RELEASE, folder / "ca", mail, more=unchecked) as service:
            query = folder / "query.tsq"
            e2e.must("openssl", "ts", "-query", "-digest", "5a" * 32, "-sha256", "-out", query)
            (folder / "stamp.lua").write_text(SCRIPT % query + wrk.DONE)
            granted = services.acme_client.request("POST", f"{service.base_url}/timestamp", query.read_bytes(),
                                                   {"Content-Type": "application/timestamp-query"}).body
            spent, signatures = wrk.Spent(), []
            for _ in range(options.rounds):
                wrk.load(spent, service.pid(), service.ports["public"], folder / "stamp.lua", options.seconds, len(granted) - 20)
                signatures.append(wrk.p256_signatures_per_cpu_second())
    signatures_per_second = sum(signatures) / len(signatures)
    measure.figure("timestamps_per_s", spent.rate, "1/s")
    measure.figure("timestamp_cpu_us", spent.cost * 1e6, "us")
    measure.figure("p256_signatures_per_cpu_s", signatures_per_second, "1/s")
    measure.figure("timestamp_to_sign_ratio", 1 / spent.cost / signatures_per_second)
    return 0
