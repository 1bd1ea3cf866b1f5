"""The disk below the daemon, commanded by a test: tests/disk_shim."""
import fcntl
import os
import pathlib
import struct
import termios
import time


class Disk:
    """`root`: whose files count. `settings`: DISK_SHIM_* in lower case, as slow_sync_ms=5."""

    def __init__(self, build, root, **settings):
        self.m_control = pathlib.Path(root) / "disk-control"
        self.m_counts = pathlib.Path(root) / "disk-counts"
        os.mkfifo(self.m_control)
        environment = {"LD_PRELOAD": f"{build}/tests/disk_shim/libdisk_shim.so", "DISK_SHIM_ROOT": root,
                       "DISK_SHIM_CONTROL": self.m_control, "DISK_SHIM_COUNTS": self.m_counts}
        environment |= {f"DISK_SHIM_{name.upper()}": value for name, value in settings.items()}
        self.under = ("env", *(f"{name}={value}" for name, value in environment.items()))  # a wrapper for Service.start

    def cut(self):
        """The power. The program ends a moment later."""
        self.m_tell("cut")

    def hold(self):
        self.m_tell("hold")

    def release(self):
        self.m_tell("release")

    def syncs(self):
        """How many there were, those that are held included."""
        return struct.unpack_from("<Q", self.m_counts.read_bytes())[0]

    def m_tell(self, line):
        with self.m_control.open("w") as control:
            control.write(line + "\n")
            control.flush()
            while struct.unpack("i", fcntl.ioctl(control, termios.FIONREAD, b"\0" * 4))[0]:
                time.sleep(0.01)
        time.sleep(0.05)  # read, and obeyed
