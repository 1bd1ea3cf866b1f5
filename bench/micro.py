"""Single steps of an enrollment (Google Benchmark), CPU time each; options go to Google Benchmark."""
import json
import subprocess
import sys

import measure


def main(arguments):
    measure.build("bench_micro")
    said = subprocess.run([measure.RELEASE / "bench" / "bench_micro", "--benchmark_format=json", *arguments],
                          stdout=subprocess.PIPE, text=True, check=True).stdout
    for one in json.loads(said)["benchmarks"]:
        if "error_message" in one:
            sys.exit(f"{one['name']}: {one['error_message']}")
        measure.figure(one["name"], one["cpu_time"] / 1000, "us")
