"""What the drivers of other people's ACME clients share: is the client here, in which version; a daemon; its EAB keys."""
import json
import pathlib
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
    e2e.must("javac", "-cp", path, "-d", target, target / f"{main}.java")
    return "java", "-cp", path, main
