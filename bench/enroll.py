"""Complete plain enrollments of one certificate each, 64 in flight: what one costs the daemon.

Fixed: ES256 accounts, one P-256 certificate each, a P-256 issuing CA, challenge mails signed with RSA-2048 and Ed25519 and
sent at once, replies signed half with RSA-2048, half with Ed25519. A second run makes every disk sync 10 ms slower.
"""
import argparse
import contextlib
import dataclasses
import pathlib
import shutil
import struct
import subprocess
import tempfile

import measure
from measure import figure

import load_world

TARGETS = ("mailcad", "mailca-admin", "mailca-load", "bench_primitives", "disk_shim")
SHIM = measure.RELEASE / "tests" / "disk_shim" / "libdisk_shim.so"
SLOW_SYNC_MS = 10
SMALLEST_BASE_RATE = 50  # enrollments/s below which the slow run says nothing

# Primitive: how often an enrollment needs it, and whose time that is. JWS verifies are counted in the run itself.
PER_ENROLLMENT = {
    "csr_verify": (1, "p256_verify_ms"),
    "ca_sign": (1, "p256_sign_ms"),
    "dkim_sign_rsa2048": (2, "rsa2048_sign_ms"),  # of the challenge mail and of the notice to the owner
    "dkim_sign_ed25519": (2, "ed25519_sign_ms"),
    "dkim_verify_rsa2048": (0.5, "rsa2048_verify_ms"),
    "dkim_verify_ed25519": (0.5, "ed25519_verify_ms"),
}


class Run:
    """A daemon in a new folder. With `slow_sync_ms` the disk shim slows and counts every sync below that folder."""

    def __init__(self, stack, home, slow_sync_ms=None):
        self.m_counts = home / "syncs"
        world = stack.enter_context(load_world.LoadWorld(home / "mail", measure.RELEASE))
        self.service = load_world.LoadedService(measure.RELEASE, home / "ca", world)
        self.service.prepare()
        shim = ["env", f"LD_PRELOAD={SHIM}", f"DISK_SHIM_ROOT={home}", f"DISK_SHIM_COUNTS={self.m_counts}",
                f"DISK_SHIM_SLOW_SYNC_MS={slow_sync_ms}"]
        self.service.start(*(shim if slow_sync_ms is not None else []))
        stack.callback(self.service.stop)

    def load(self, *arguments):
        code, figures, said = self.service.load(*arguments)
        if code != 0 or figures["enrollments"] == 0:
            raise SystemExit(f"{said}\nnot every enrollment succeeded; the daemon said last:\n{self.service.log()[-2000:]}")
        return figures

    def measured(self, *arguments):
        """Figures of the driver, and by how much each number of the daemon grew meanwhile."""
        before = self.m_numbers()
        figures = self.load(*arguments)
        after = self.m_numbers()
        return figures, {name: after[name] - before[name] for name in after}

    def m_numbers(self):
        return {"cpu_s": measure.cpu_seconds_with_children(self.service.pid()), "syncs": self.m_syncs(), **self.m_metrics()}

    def m_syncs(self):
        return struct.unpack_from("<Q", self.m_counts.read_bytes())[0] if self.m_counts.exists() else 0

    def m_metrics(self):
        numbers = self.service.metrics()
        return {name: numbers[f"mailca_store_{name}_total"] for name in ("transactions", "commits", "checkpoints")}


def primitive_times():
    """{name: ms}, measured while nothing else of this benchmark runs."""
    said = subprocess.run([measure.RELEASE / "bench" / "bench_primitives"], stdout=subprocess.PIPE, text=True, check=True)
    return load_world.figures_of(said.stdout)


def mean_times(before, after):
    """Of two measurements, on both sides of a load: a machine changes within seconds."""
    return {name: (before[name] + after[name]) / 2 for name in after}


def print_primitives(times, posts, others):
    """Each primitive's count and time; gives their sum in ms."""
    total = 0.0
    for name, count, time in primitives_of(posts, others):
        print(f"primitive: {count:.3g} x {name} at {times[time]:.4f} ms")
        total += count * times[time]
    return total


def primitives_of(posts, others):
    return [(name, count, time) for name, (count, time) in {"jws_verify": (posts, "p256_verify_ms"), **others}.items()]


def normal_run(stack, home, options):
    run = Run(stack, home)
    figure("idle_rss_mb", measure.memory_mb(run.service.pid(), "VmRSS"), "MiB")
    signer = run.service.signer_pid()
    figure("signer_idle_rss_mb", measure.memory_mb(signer, "VmRSS"), "MiB")
    figure("signer_start_peak_rss_mb", measure.memory_mb(signer, "VmHWM"), "MiB")  # unsealing the keys (Argon2id)
    measure.forget_peak(run.service.pid())
    run.load(*options.warm_up)
    middle = middle_round(run, options.load, PER_ENROLLMENT, options.rounds)
    tell(middle)
    figure("peak_rss_mb", measure.memory_mb(run.service.pid(), "VmHWM"), "MiB")
    return middle.figures["enrollments_per_s"]


@dataclasses.dataclass
class Round:
    figures: dict  # of the driver
    grown: dict  # numbers of the daemon
    times: dict  # of the primitives, on both sides of the load
    others: dict  # primitives besides the JWS verifies

    @property
    def cpu(self):
        return self.grown["cpu_s"] * 1000 / self.figures["enrollments"]

    @property
    def primitives(self):
        return sum(count * self.times[time] for _, count, time in primitives_of(self.figures["posts_per_enrollment"], self.others))

    @property
    def overhead(self):
        return (self.cpu - self.primitives) / self.times["p256_verify_ms"]


def middle_round(run, load, others, rounds):
    """By its overhead: a machine is not the same from one minute to the next."""
    done = sorted((one_round(run, load, others) for _ in range(rounds)), key=lambda one: one.overhead)
    print("overheads of the rounds: " + ", ".join(f"{one.overhead:.1f}" for one in done))
    return done[rounds // 2]


def one_round(run, load, others):
    before = primitive_times()
    figures, grown = run.measured(*load)
    return Round(figures, grown, mean_times(before, primitive_times()), others)


def tell(one):
    for name, unit in (("enrollments", ""), ("enrollments_per_s", "/s"), ("posts_per_enrollment", ""),
                       ("polls_per_enrollment", ""), ("latency_p50_ms", "ms"), ("latency_p99_ms", "ms"),
                       ("driver_cpu_per_enrollment_ms", "ms")):
        figure(name, one.figures[name], unit)
    print_primitives(one.times, one.figures["posts_per_enrollment"], one.others)
    figure("cpu_per_enrollment_ms", one.cpu, "ms")
    figure("primitives_ms", one.primitives, "ms")
    figure("p256_verify_ms", one.times["p256_verify_ms"], "ms")
    figure("overhead_in_verifies", one.overhead, "verifies")
    figure("transactions_per_enrollment", one.grown["transactions"] / one.figures["enrollments"])
    figure("transactions_per_commit", one.grown["transactions"] / one.grown["commits"])


def slow_run(stack, home, options, base_rate):
    run = Run(stack, home, SLOW_SYNC_MS)
    run.load(*options.warm_up)
    figures, grown = run.measured(*options.load)
    figure("slow_sync_enrollments_per_s", figures["enrollments_per_s"], "/s")
    figure("slow_sync_ratio", figures["enrollments_per_s"] / base_rate)
    figure("slow_sync_transactions_per_commit", grown["transactions"] / grown["commits"])
    figure("syncs_per_commit", grown["syncs"] / grown["commits"])
    if base_rate < SMALLEST_BASE_RATE:
        print(f"warning: the base rate is below {SMALLEST_BASE_RATE}/s, slow_sync_ratio says nothing")


def main(arguments):
    parser = argparse.ArgumentParser(prog="scripts/bench enroll", description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=10, help="how long each round and the slow run measure")
    parser.add_argument("--rounds", type=int, default=3, help="of which the middle one counts")
    parser.add_argument("--in-flight", type=int, default=64)
    options = parser.parse_args(arguments)
    options.load = ("--in-flight", options.in_flight, "--seconds", options.seconds)
    options.warm_up = ("--in-flight", options.in_flight, "--seconds", max(2, options.seconds // 4))
    measure.build(*TARGETS)
    home = pathlib.Path(tempfile.mkdtemp(prefix="mailca-bench-"))
    home.chmod(0o755)
    try:
        with contextlib.ExitStack() as stack:
            base_rate = normal_run(stack, home / "normal", options)
        with contextlib.ExitStack() as stack:
            slow_run(stack, home / "slow", options, base_rate)
    finally:
        shutil.rmtree(home)
