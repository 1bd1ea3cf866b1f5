"""What the benchmarks share: the release build, figures, what a process has used."""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
RELEASE = ROOT / "build" / "release"
# tests/e2e/lib starts daemons and mail worlds; scripts/lib has names and processes
sys.path[:0] = [str(ROOT / "tests" / "e2e" / "lib"), str(ROOT / "scripts" / "lib")]

import processes  # noqa: E402

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def build(*targets):
    """Builds these of the release preset and says nothing unless it fails."""
    for command in (["cmake", "--preset", "release"], ["ninja", "-C", str(RELEASE), *targets]):
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            sys.exit(f"{done.stdout[-4000:]}\nthe build failed")


def figure(name, value, unit=""):
    """One line of the result."""
    shown = f"{value:.4g}" if isinstance(value, float) and abs(value) < 1000 else f"{value:.0f}" if isinstance(value, float) else value
    print(f"{name}: {shown} {unit}".rstrip(), flush=True)


def cpu_seconds(pid):
    """User and system time of all of a process's threads until now (proc(5), fields 14 and 15)."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def cpu_seconds_with_children(pid):
    """A daemon's and its signer's."""
    return cpu_seconds(pid) + sum(cpu_seconds(child) for child in processes.children(pid))


def memory_mb(pid, name):
    """VmRSS (now), RssAnon (of it, its own) or VmHWM (the most it ever was) of a process, in MiB."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise KeyError(name)


def forget_peak(pid):
    """VmHWM begins anew (proc(5), clear_refs)."""
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")
