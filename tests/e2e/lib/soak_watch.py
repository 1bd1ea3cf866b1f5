"""What the daemon holds, over time: memory, descriptors, threads. And whether that is flat.

SQLite's page caches grow with the database, and the freed memory that threads keep with their number of idle moments, until
they reach their bounds, which takes longer than a soak; the daemon tells their sizes. They are judged by their bounds, and
everything beside them must be flat.
"""
import os
import pathlib
import time

STORE_BOUND_MB = 16 + 2 * 16 * 2 + 8  # writer (store/database.cpp), readers of both kinds (store/database.h), statements
ALLOCATOR_BOUND_MB = 36  # tcmalloc.max_total_thread_cache_bytes is 32 MiB; what threads fetch at once may pass it for a moment
NOISE_MB = 2.0
GROWTH_MB_PER_HOUR = 8.0
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def sample(pid):
    """Memory in MiB, counts, and the processor time used so far."""
    process = pathlib.Path(f"/proc/{pid}")
    status = dict(line.split(":", 1) for line in (process / "status").read_text().splitlines())
    fields = (process / "stat").read_text().rpartition(")")[2].split()
    database, others = descriptors(process)
    # The process's own memory: pages of the database that lookups have mapped are the kernel's (store/readers.h).
    return {"own": int(status["RssAnon"].split()[0]) / 1024, "peak": int(status["VmHWM"].split()[0]) / 1024,
            "database": database, "descriptors": others, "threads": int(status["Threads"]),
            "cpu": (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND}


def descriptors(process):
    """(those on the database's files, all others). The first grow with the connections for reading, which are opened as they are
    needed and kept."""
    names = []
    for one in (process / "fd").iterdir():
        try:
            names.append(os.readlink(one))
        except FileNotFoundError:  # closed meanwhile
            continue
    database = sum(name.endswith((".db", ".db-wal", ".db-shm")) for name in names)
    return database, len(names) - database


def forget_peak(pid):
    """VmHWM begins anew (proc(5)): the start unseals the CA keys, which takes 256 MiB for a moment."""
    pathlib.Path(f"/proc/{pid}/clear_refs").write_text("5")


def slope(points):
    """Least squares over (x, y)."""
    middle_x = sum(x for x, _ in points) / len(points)
    middle_y = sum(y for _, y in points) / len(points)
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / spread if spread else 0.0


class Watch:
    """Samples a service; the first third of `length` seconds is warm-up and judges nothing."""

    def __init__(self, service, length):
        self.m_service, self.m_length = service, length
        self.m_start = time.monotonic()
        self.m_points = []
        self.m_cpu = sample(service.pid())["cpu"]
        self.most_in_store = self.most_in_allocator = 0.0

    def look(self, more):
        now = sample(self.m_service.pid())
        metrics = self.m_service.metrics()
        store, kept = (metrics[f"mailca_{what}_bytes"] / (1 << 20) for what in ("store_memory", "allocator_cache"))
        self.most_in_store, self.most_in_allocator = max(self.most_in_store, store), max(self.most_in_allocator, kept)
        seconds = time.monotonic() - self.m_start
        self.m_points.append((seconds, now["own"] - store - kept))
        print(f"{seconds:6.0f} s  memory {now['own']:6.1f} MiB  of it store {store:5.1f} kept back {kept:5.1f}  peak {now['peak']:6.1f} MiB  descriptors {now['descriptors']:4}  "
              f"database {now['database']:2}  threads {now['threads']:3}  cpu {100 * (now['cpu'] - self.m_cpu) / max(seconds, 1):4.1f} %  {more}", flush=True)

    def judge(self):
        """(whether memory beside what is bounded is flat, the figures): the fitted growth over the watched time is at most NOISE_MB and
        GROWTH_MB_PER_HOUR for its length."""
        watched = [(seconds / 3600, megabytes) for seconds, megabytes in self.m_points if seconds >= self.m_length / 3]
        if len(watched) < 3:
            return False, f"only {len(watched)} samples after the warm-up"
        hours = watched[-1][0] - watched[0][0]
        per_hour = slope(watched)
        allowed = NOISE_MB + GROWTH_MB_PER_HOUR * hours
        figures = f"slope {per_hour:+.2f} MiB/h over {60 * hours:.1f} min: {per_hour * hours:+.2f} MiB, {allowed:.2f} allowed"
        return per_hour * hours <= allowed, figures


def returns_to(pid, idle, patience=90):
    """Waits until the process holds no more descriptors and threads than `idle`; the last sample."""
    deadline = time.monotonic() + patience
    while True:
        now = sample(pid)
        if now["descriptors"] <= idle["descriptors"] and now["threads"] <= idle["threads"] or time.monotonic() > deadline:
            return now
        time.sleep(1)
