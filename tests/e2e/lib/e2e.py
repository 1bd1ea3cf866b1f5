"""What the end-to-end tests share: a folder of their own, checks that are told and counted, ways to give up."""
import pathlib
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts" / "lib"))  # names, processes, dkim_keys: shared with the mail loops
sys.dont_write_bytecode = True

SKIPPED = 77


def skip(reason):
    print(f"skipped: {reason}")
    sys.exit(SKIPPED)


class Checks:
    """Tells every check as it is made; the program's exit code says whether all of them held."""

    def __init__(self):
        self.m_count = 0
        self.m_failed = []

    def __call__(self, what, holds, detail=""):
        self.m_count += 1
        print(f"{'ok    ' if holds else 'FAILED'} {what}" + (f": {detail}" if detail and not holds else ""), flush=True)
        if not holds:
            self.m_failed.append(what)
        return holds

    def finish(self):
        print(f"{self.m_count - len(self.m_failed)} of {self.m_count} checks hold")
        self.m_exit()

    def tally(self):
        """The same in the words of scripts/test."""
        print(f"{self.m_count - len(self.m_failed)} passed, {len(self.m_failed)} failed")
        self.m_exit()

    def m_exit(self):
        sys.exit(1 if self.m_failed or not self.m_count else 0)


class Folder:
    """A folder under /tmp that goes away, unless something failed: then its name is told. Open to others below, since
    mail programs drop root."""

    def __init__(self, purpose="e2e"):
        self.m_prefix = f"mailca-{purpose}-"

    def __enter__(self):
        self.m_path = pathlib.Path(tempfile.mkdtemp(prefix=self.m_prefix))
        self.m_path.chmod(0o755)
        return self.m_path

    def __exit__(self, kind, error, trace):
        if kind is None or (kind is SystemExit and error.code in (0, SKIPPED)):
            shutil.rmtree(self.m_path)
        else:
            print(f"left for you to look at: {self.m_path}")


def run(*command, stdin=None, patience=120, cwd=None):
    """(exit code, everything it said) of a program."""
    done = subprocess.run([str(part) for part in command], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=patience, cwd=cwd)
    return done.returncode, done.stdout.decode(errors="replace")


def must(*command, stdin=None, patience=120):
    """The output of a program that has to succeed."""
    code, said = run(*command, stdin=stdin, patience=patience)
    if code != 0:
        raise RuntimeError(f"{' '.join(str(part) for part in command)} ended with {code}:\n{said}")
    return said
