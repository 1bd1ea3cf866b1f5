"""wrk against a server on loopback: a script in, what the server spent out."""
import json
import subprocess

import measure

DONE = """
function done(summary, latency, requests)
  local e = summary.errors
  io.write(string.format('\\n{"requests": %d, "bytes": %d, "micros": %d, "failed": %d}\\n', summary.requests, summary.bytes,
    summary.duration, e.connect + e.read + e.write + e.status + e.timeout))
end
"""


class Spent:
    """CPU seconds of a server's process, requests, seconds; summed over the rounds."""

    def __init__(self):
        self.cpu, self.requests, self.seconds = 0.0, 0, 0.0

    @property
    def cost(self):
        return self.cpu / self.requests

    @property
    def rate(self):
        return self.requests / self.seconds


def load(spent, pid, port, script, seconds, least, connections=32):
    """`script` is a file of Lua that ends with DONE; every answer must succeed and have `least` octets or more."""
    before = measure.cpu_seconds_with_children(pid)
    said = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", script, f"http://127.0.0.1:{port}"],
                          capture_output=True, text=True, check=True).stdout
    result = json.loads(said.splitlines()[-1])
    if result["failed"] or result["bytes"] < result["requests"] * least:
        raise RuntimeError(f"{script}: not every answer is what it should be: {result}")
    spent.cpu += measure.cpu_seconds_with_children(pid) - before
    spent.requests += result["requests"]
    spent.seconds += result["micros"] / 1e6
    return spent


def p256_signatures_per_cpu_second(seconds=2):
    said = subprocess.run(["openssl", "speed", "-seconds", str(seconds), "ecdsap256"], capture_output=True, text=True, check=True)
    return float(said.stdout.splitlines()[-1].split()[-2])
