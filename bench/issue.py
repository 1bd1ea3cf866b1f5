"""From finalize to recorded: what one P-256 certificate costs the daemon and its signer, 64 orders in flight.

All orders are made ready first, of accounts that have a certificate already: whoever is new to a mailbox costs a mail to its owner at
once, which is not of this. Then the load driver finalizes them, and only that is measured: the POST, its request judged, the intent,
the certificate made, linted, signed, recorded and published.
"""
import argparse
import contextlib
import pathlib
import shutil
import tempfile
import time

import measure
from measure import figure

import enroll

# Primitive: how often an issuance needs it, and whose time that is. JWS verifies are counted in the run itself.
PER_ISSUANCE = {"csr_verify": (1, "p256_verify_ms"), "ca_sign": (1, "p256_sign_ms")}
SETTLED_SECONDS = 2  # the log is copied into the database, mail that was read is cleared away


def issue(run, options, issued):
    """Figures of the driver's second half, CPU seconds of the daemon and its signer meanwhile. `issued`: orders of the rounds before,
    of which the owners are told a quarter of an hour later."""
    spent = 0.0

    def when_ready():
        nonlocal spent
        while run.service.metrics()['mailca_queue_depth{queue="notices"}'] > issued:  # of the certificates that they had before
            time.sleep(0.1)
        time.sleep(SETTLED_SECONDS)
        spent = -measure.cpu_seconds_with_children(run.service.pid())

    figures = run.service.load_in_two("issue", options.count, "--in-flight", options.in_flight, when_ready=when_ready)
    spent += measure.cpu_seconds_with_children(run.service.pid())
    return figures, spent


def one_round(run, options, issued):
    """(overhead in verifies, CPU ms an issuance, ms of a verify)."""
    before = enroll.primitive_times()
    figures, spent = issue(run, options, issued)
    after = enroll.primitive_times()
    times = enroll.mean_times(before, after)
    cpu = spent * 1000 / options.count
    figure("issuances_per_s", figures["enrollments_per_s"], "/s")
    figure("latency_p99_ms", figures["latency_p99_ms"], "ms")
    primitives = enroll.print_primitives(times, figures["posts_per_enrollment"], PER_ISSUANCE)
    overhead = (cpu - primitives) / times["p256_verify_ms"]
    figure("overhead_of_this_round", overhead, "verifies")
    return overhead, cpu, times["p256_verify_ms"]


def main(arguments):
    parser = argparse.ArgumentParser(prog="scripts/bench issue", description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=800,
                        help="orders a round; the daemon remembers the keys of a thousand accounts, as of those that are enrolling")
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=5, help="of which the middle one counts")
    options = parser.parse_args(arguments)
    measure.build(*enroll.TARGETS)
    home = pathlib.Path(tempfile.mkdtemp(prefix="mailca-bench-"))
    home.chmod(0o755)
    try:
        with contextlib.ExitStack() as stack:
            run = enroll.Run(stack, home)
            rounds = sorted(one_round(run, options, number * options.count) for number in range(options.rounds))
    finally:
        shutil.rmtree(home)
    overhead, cpu, verify = rounds[len(rounds) // 2]
    figure("cpu_per_issuance_ms", cpu, "ms")
    figure("p256_verify_ms", verify, "ms")
    figure("issue_overhead_in_verifies", overhead, "verifies")
