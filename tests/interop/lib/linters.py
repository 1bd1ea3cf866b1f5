"""What the drivers of other people's linters share: something to lint, and which of their findings are known and why."""
import collections
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "e2e" / "lib"))

import e2e  # noqa: E402

COUNT = 1000  # certificates of each profile (standards L27)


def samples(build, folder):
    """Makes work below the folder: tests/interop/lint_samples says what is in it."""
    program = pathlib.Path(build) / "tests" / "lint_samples"
    if not program.exists():
        e2e.skip(f"{program} is not built (ninja -C {build} lint_samples)")
    count = int(sys.argv[2]) if len(sys.argv) > 2 else COUNT
    e2e.must(program, folder, count, patience=1500)
    return count


class Findings:
    """The linter's lines, "PATH LEVEL CODE DETAILS" and "LINTED FOLDER COUNT RULES", against what is allowed: a list of
    (code, pattern of the path, reason)."""

    def __init__(self, folder, output, allowed):
        self.m_folder = folder
        self.m_allowed = allowed
        self.m_used = collections.Counter()
        self.unexpected = []
        self.linted = {}
        for line in output.splitlines():
            self.m_read(line)

    def m_read(self, line):
        if line.startswith("LINTED "):
            _, place, files, rules = line.split()
            self.linted[str(pathlib.Path(place).relative_to(self.m_folder))] = (int(files), int(rules))
            return
        path, _, code = line.split(maxsplit=3)[:3]
        path = pathlib.Path(path).relative_to(self.m_folder)
        for row in self.m_allowed:
            if row[0] == code and path.match(row[1]):
                self.m_used[row] += 1
                return
        self.unexpected.append(line)

    def judge(self, check, count, profiles):
        for place, (files, rules) in sorted(self.linted.items()):
            print(f"linted {place}: {files} files, {rules} results")
        for (code, pattern, reason), times in self.m_used.items():
            print(f"allowed {code} in {pattern}, {times} times: {reason}")
        for profile in profiles:
            places = [place for place in self.linted if place.endswith("/" + profile)]
            check(f"{count} certificates of {profile} were linted",
                  bool(places) and all(self.linted[place][0] == count for place in places), self.linted)
        for place in ("cas", "crls", "ocsp"):
            check(f"{place} were linted", self.linted.get(place, (0, 0))[1] > 0, self.linted)
        for row in self.m_allowed if count >= COUNT else []:  # fewer may happen not to need it
            check(f"the exception {row[0]} in {row[1]} is needed still", self.m_used[row] > 0)
        check("nothing else was found", not self.unexpected,
              f"{len(self.unexpected)} findings, " + "\n".join(self.unexpected[:20]))


def profiles():
    """The names of the shipped profiles."""
    return sorted(path.stem for path in (e2e.ROOT / "policies").glob("*.toml") if path.stem != "bundles")
