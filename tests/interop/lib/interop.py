"""What the drivers of other people's ACME clients share: is the client here, in which version; a daemon; its EAB keys."""
import json
import pathlib
import re
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "e2e" / "lib"))

import e2e  # noqa: E402


def need_debian(package, program):
    """The path of a Debian package's program; skips the test when it is not installed. Its version is printed."""
    found = shutil.which(program)
    if found is None:
        e2e.skip(f"{program} is not installed (apt-get install {package})")
    code, version = e2e.run("dpkg-query", "--show", package)
    print(f"version {version.strip() if code == 0 else program + ' not from a package'}", flush=True)
    return found


def eab_key(service, *limits):
    """(kid, MAC key) of a new external account key, made by the operator's tool."""
    code, said = service.admin_command("eab", "create", "--json", *limits)
    if code != 0:
        raise RuntimeError(f"mailca-admin eab create: {said}")
    made = json.loads(said.splitlines()[-1])
    return made["id"], made["key"]


def go_program(source, target):
    """Builds a Go program whose modules are pinned by its go.sum; skips when Go or its modules cannot be had."""
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if go is None:
        e2e.skip("there is no Go toolchain (1.26 or later)")
    done = subprocess.run([go, "build", "-mod=readonly", "-o", target, "."], cwd=source, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=500)
    if done.returncode != 0:
        said = done.stdout.decode(errors="replace")
        missing = ("dial tcp", "no such host", "403 Forbidden", "requires go >=", "toolchain not available", "i/o timeout")
        if any(sign in said for sign in missing):
            e2e.skip(f"its modules cannot be had: {said.strip().splitlines()[-1]}")
        raise RuntimeError(f"go build: {said}")
    print(f"version {e2e.must(go, 'version').strip()}", flush=True)
    return target


def java_program(source, main, target):
    """The command that runs a Java class whose libraries its pom.xml pins; skips when they or the tools cannot be had."""
    for tool in ("javac", "mvn"):
        if shutil.which(tool) is None:
            e2e.skip(f"{tool} is not installed")
    shutil.copytree(source, target)
    code, said = e2e.run("mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={target}/lib", patience=300,
                         cwd=target)
    if code != 0:
        e2e.skip(f"its libraries cannot be had: {said.strip().splitlines()[-1]}")
    for library in sorted((target / "lib").glob("*.jar")):
        print(f"version {library.name}", flush=True)
    path = f"{target}/lib/*:{target}"
    e2e.must("javac", "-cp", path, "-d", target, *sorted(target.glob("*.java")))
    return "java", "-cp", path, main


def try_maven(artifact, part):
    """Tells whether an artifact (group:name:version) that a part of a driver would need can be had."""
    plugin = "org.apache.maven.plugins:maven-dependency-plugin:2.8:get"
    tell_of(artifact, part, *e2e.run("mvn", "-q", "-B", "-U", plugin, f"-Dartifact={artifact}", "-Dtransitive=false", patience=120))


def try_pip(package, part, folder):
    """The same for a package of Python's."""
    tell_of(package, part, *e2e.run(sys.executable, "-m", "pip", "download", "--no-deps", "-d", folder, package, patience=120))


def tell_of(name, part, code, said):
    if code == 0:
        print(f"note: {name} can be had now; {part} is still without a driver", flush=True)
        return
    reason = re.search(r"(Could not find|No matching|Could not transfer)[^\n(]*", said)
    print(f"skipped {part}: {name} cannot be had: {reason.group() if reason else said.strip()[-200:]}", flush=True)


class Subscriber:
    """A driver program that lives as one subscriber: every line "ok STEP" or "FAILED STEP: why" that it says is a check."""

    def __init__(self, name, service, address, *command):
        self.m_name, self.m_service, self.m_address, self.m_command = name, service, address, command

    def __call__(self, check, folder, *eab_limits):
        mail = self.m_service.mail
        kid, key = eab_key(self.m_service, *eab_limits)
        code, said = e2e.run(*self.m_command, self.m_service.directory, self.m_address, mail.maildir(self.m_address),
                             f"127.0.0.1:{mail.port('SUBMISSION')}", kid, key, patience=400, cwd=folder)
        for line in said.splitlines():
            word, _, rest = line.partition(" ")
            if word in ("ok", "FAILED"):
                check(f"{self.m_name}: {rest}", word == "ok")
            else:
                print(line)
        check(f"{self.m_name} comes to its end", code == 0, said)
