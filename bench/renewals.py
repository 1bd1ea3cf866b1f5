"""A storm of renewals (RFC 9773): 2,000 clients renew at once over 64 connections, each step taken by all before the next is by any. Of
a hundred good nonces 5 are refused, of a hundred replies 10 get lost and are sent again. All have to end with a certificate.

Twice, so that what the second one adds to the memory is seen: it ought to stay as it is.
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

CHAOS = "\n[chaos]\nbad_nonces = {bad_nonces}\n"
CALLS = ("newOrder", "authorization", "challenge", "finalize", "order", "certificate")


def started(stack, home, options):
    world = stack.enter_context(load_world.LoadWorld(home / "mail", measure.RELEASE))
    service = load_world.LoadedService(measure.RELEASE, home / "ca", world, more=CHAOS.format(bad_nonces=options.bad_nonces))
    service.prepare()
    service.config.write_text('environment = "test"\n' + service.config.read_text())
    service.start()
    stack.callback(service.stop)
    return service


def memory(service):
    """(all of it, what is not bounded by itself: without SQLite's caches and the allocator's)."""
    whole, numbers = measure.memory_mb(service.pid(), "VmRSS"), service.metrics()
    bounded = numbers["mailca_store_memory_bytes"] + numbers.get("mailca_allocator_cache_bytes", 0)
    return whole, whole - bounded / (1 << 20)


def storm(service, options):
    """The driver's figures of the renewals alone."""
    return service.load_in_two("renew", options.clients, "--in-flight", options.connections, "--lost-replies", options.lost_replies,
                               "--patience", 300)


def main(arguments):
    parser = argparse.ArgumentParser(prog="scripts/bench renewals", description=__doc__.partition("\n")[0])
    parser.add_argument("--clients", type=int, default=2000)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--bad-nonces", type=int, default=5, help="of a hundred")
    parser.add_argument("--lost-replies", type=int, default=10, help="of a hundred")
    options = parser.parse_args(arguments)
    measure.build(*enroll.TARGETS)
    home = pathlib.Path(tempfile.mkdtemp(prefix="mailca-bench-"))
    home.chmod(0o755)
    try:
        with contextlib.ExitStack() as stack:
            service = started(stack, home, options)
            storm(service, options)
            first = memory(service)
            figures = storm(service, options)
            second = memory(service)
            breaches = service.broken_promises()
    finally:
        shutil.rmtree(home)
    if breaches:
        raise SystemExit("\n".join(breaches))
    figure("renewals_valid", figures["enrollments"])
    figure("renewals_per_s", figures["enrollments_per_s"], "/s")
    figure("posts_per_renewal", figures["posts_per_enrollment"])
    for call in CALLS:
        if f"{call}_p99_ms" in figures:
            figure(f"{call}_p99_ms", figures[f"{call}_p99_ms"], "ms")
    figure("slowest_client_ms", figures["latency_p99_ms"], "ms")
    for name, (whole, rest) in (("first", first), ("second", second)):
        figure(f"rss_after_{name}_storm_mb", whole, "MiB")
        figure(f"beside_caches_after_{name}_storm_mb", rest, "MiB")
