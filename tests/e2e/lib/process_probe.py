"""Looks into running processes and makes them do what they should not: memory, descriptors, system calls (ptrace, x86-64)."""
import ctypes
import os
import pathlib
import signal

PTRACE_CONT, PTRACE_GETREGS, PTRACE_SETREGS, PTRACE_ATTACH = 7, 12, 13, 16
SYSCALL_INSTRUCTION = 2  # octets
REGISTERS = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base "
             "ds es fs gs").split()


class Registers(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in REGISTERS]


def status(pid):
    """{field: text} of /proc/PID/status."""
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}


def memory_holds(pid, *secrets):
    """Which of these octets lie anywhere in the memory of a process."""
    found = set()
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines():
            if line.split()[1][0] != "r" or line.endswith(("[vvar]", "[vsyscall]")):
                continue
            start, end = (int(part, 16) for part in line.split()[0].split("-"))
            try:
                octets = os.pread(memory.fileno(), end - start, start)
            except OSError:  # a guard page
                continue
            found |= {secret for secret in secrets if secret in octets}
    return found


def descriptors(pid):
    """What the descriptors of a process are: socket:[...], paths, ..."""
    return [os.readlink(entry) for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir()]


def sockets_of_network(pid):
    """Sockets that speak to other machines, in the process's own view of the network."""
    inodes = {name[8:-1] for name in descriptors(pid) if name.startswith("socket:[")}
    rows = []
    for table in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6", "packet"):
        rows += [line.split() for line in pathlib.Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]]
    return [row for row in rows if inodes & set(row)]


def force_system_call(pid, number, *arguments):
    """Makes the main thread of a process, which waits in a system call now, do this one instead."""
    libc = ctypes.CDLL(None, use_errno=True)

    def ptrace(request, data=None):
        libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
        if libc.ptrace(request, pid, None, data) != 0:
            raise OSError(ctypes.get_errno(), f"ptrace {request}")

    ptrace(PTRACE_ATTACH)
    os.waitpid(pid, 0x40000000)  # __WALL
    registers = Registers()
    ptrace(PTRACE_GETREGS, ctypes.byref(registers))
    registers.rip -= SYSCALL_INSTRUCTION  # it stands behind the instruction: once more
    registers.orig_rax = 2**64 - 1        # and nothing is to be restarted
    registers.rax = number
    for name, value in zip(("rdi", "rsi", "rdx"), arguments):
        setattr(registers, name, value)
    ptrace(PTRACE_SETREGS, ctypes.byref(registers))
    ptrace(PTRACE_CONT)
    _, ended = os.waitpid(pid, 0x40000000)
    return signal.Signals(os.WTERMSIG(ended)) if os.WIFSIGNALED(ended) else ended
