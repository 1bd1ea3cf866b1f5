"""Sums up ctest's JUnit reports: tally.py STAGES_WITHOUT_REPORT REPORT.xml...

Prints every skip with its reason, then `N passed, N failed`; the exit code is 0 when nothing failed.
"""
import pathlib
import re
import sys
import xml.etree.ElementTree

GTEST_SKIP = re.compile(r": Skipped\n(.*?)\n", re.DOTALL)
SCRIPT_SKIP = re.compile(r"^skipped: (.*)$", re.MULTILINE)


def reason_of(case):
    output = case.findtext("system-out") or ""
    for pattern in (GTEST_SKIP, SCRIPT_SKIP):
        if found := pattern.search(output):
            return found.group(1).strip()
    return "it gave no reason"


def is_skip(case):
    """ctest also calls "skipped" what it could not start; that is a failure."""
    skipped = case.find("skipped")
    return skipped is not None and skipped.get("message", "").startswith("SKIP_")


def main():
    unreported = int(sys.argv[1])
    passed, failed, skips = 0, [], []
    for report in sys.argv[2:]:
        stage = pathlib.Path(report).stem
        for case in xml.etree.ElementTree.parse(report).getroot().iter("testcase"):
            name = case.get("name")
            if case.get("status") == "run":
                passed += 1
            elif is_skip(case):
                skips.append(f"{name} ({reason_of(case)})")
            else:
                failed.append(f"{stage}: {name}")
    for name in failed:
        print(f"FAILED {name}")
    failures = len(failed) + unreported  # a stage that does not even build has no report
    print("skipped: " + ("; ".join(skips) if skips else "none"))
    print(f"{passed} passed, {failures} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
