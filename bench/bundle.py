"""An order of the bundle `complete` (one mail, one finalize, six certificates, three of them SM2), 32 in flight: what it costs the
daemon and its signer; and six orders of one account in its place, each for a mailbox of its own.
"""
import argparse
import contextlib
import pathlib
import shutil
import tempfile

import measure
from measure import figure

import enroll
import load_world

# Primitive: how often a bundle needs it, and whose time that is. JWS verifies are counted in the run itself.
PER_BUNDLE = {
    "csr_verify": (3, "p256_verify_ms"),
    "csr_verify_sm2": (3, "sm2_verify_ms"),
    "ca_sign": (3, "p256_sign_ms"),
    "ca_sign_sm2": (3, "sm2_sign_ms"),
    "dkim_sign_rsa2048": (2, "rsa2048_sign_ms"),  # of the challenge mail and of the notice to the owner
    "dkim_sign_ed25519": (2, "ed25519_sign_ms"),
    "dkim_verify_rsa2048": (0.5, "rsa2048_verify_ms"),
    "dkim_verify_ed25519": (0.5, "ed25519_verify_ms"),
}


def main(arguments):
    parser = argparse.ArgumentParser(prog="scripts/bench bundle", description=__doc__.partition("\n")[0])
    parser.add_argument("--count", type=int, default=600, help="bundles; and six times as many single orders")
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3, help="of the bundles, of which the middle one counts")
    options = parser.parse_args(arguments)
    measure.build(*enroll.TARGETS)
    flight = ("--in-flight", options.in_flight)
    home = pathlib.Path(tempfile.mkdtemp(prefix="mailca-bench-"))
    home.chmod(0o755)
    try:
        with contextlib.ExitStack() as stack:
            run = enroll.Run(stack, home)
            run.load(*flight, "--count", options.count // 6, *load_world.BUNDLE)  # warm
            bundles = enroll.middle_round(run, (*flight, "--count", options.count, *load_world.BUNDLE), PER_BUNDLE, options.rounds)
            singles, spent_singly = run.measured(*flight, "--count", 6 * options.count, "--singly", *load_world.BUNDLE)
    finally:
        shutil.rmtree(home)
    six = spent_singly["cpu_s"] * 6000 / singles["enrollments"]
    figure("bundles_per_s", bundles.figures["enrollments_per_s"], "/s")
    figure("latency_p99_ms", bundles.figures["latency_p99_ms"], "ms")
    enroll.print_primitives(bundles.times, bundles.figures["posts_per_enrollment"], PER_BUNDLE)
    figure("cpu_per_bundle_ms", bundles.cpu, "ms")
    figure("primitives_ms", bundles.primitives, "ms")
    figure("p256_verify_ms", bundles.times["p256_verify_ms"], "ms")
    figure("bundle_overhead_in_verifies", bundles.overhead, "verifies")
    figure("cpu_per_six_orders_ms", six, "ms")
    figure("bundle_to_six_ratio", bundles.cpu / six)
