"""Ports that are free and processes that end."""
import ctypes
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess

PR_SET_PDEATHSIG = 1


def free_port(udp_too=False):
    """A loopback port that nobody listens on now. Below those that the kernel gives to outgoing connections (ip(7),
    ip_local_port_range), or one of them may have it before it is listened on."""
    while True:
        port = random.randrange(10000, 32768)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tcp:
            try:
                tcp.bind(("127.0.0.1", port))
            except OSError:
                continue
            if not udp_too:
                return port
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
                try:
                    udp.bind(("127.0.0.1", port))
                    return port
                except OSError:
                    continue


def program(name):
    """Daemons lie in sbin, which an ordinary user's PATH leaves out."""
    found = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if found is None:
        raise RuntimeError(f"{name} is not installed: run scripts/setup")
    return found


def end_with_parent():
    """Runs in the child: whoever started it cannot leave it behind."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def end(process, patience=10):
    process.terminate()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def children(pid):
    """{process id: name} of a process's children, whichever of its threads made them."""
    found = {}
    for thread in pathlib.Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text().split():
            try:
                found[int(child)] = pathlib.Path(f"/proc/{child}/comm").read_text().strip()
            except FileNotFoundError:  # ended meanwhile
                continue
    return found
