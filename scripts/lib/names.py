"""The names of the mail loops: one nsd on a free loopback port.

Everything lies in one root zone. A forwarding resolver (libunbound with an upstream) takes an authoritative answer, but
neither a referral nor REFUSED; under one root every question gets an answer: the record, NODATA or NXDOMAIN, so that a
CAA climb (RFC 8659 section 3) ends at the top as it does in the world.
"""
import os
import pathlib
import signal
import subprocess
import time

import dns.exception
import dns.resolver

import processes

CONFIGURATION = """\
server:
  ip-address: 127.0.0.1
  port: {port}
  username: ""
  chroot: ""
  server-count: 1
  database: ""
  zonesdir: "{home}"
  pidfile: "{home}/nsd.pid"
  xfrdfile: "{home}/xfrd.state"
  xfrdir: "{home}"
  zonelistfile: "{home}/zone.list"
  logfile: "{home}/nsd.log"
remote-control:
  control-enable: no
zone:
  name: "."
  zonefile: "root.zone"
"""


class NameServer:
    """Serves MX and SPF for the domains, every key in dkim/<domain>/<selector>.txt and the lines of the file records."""

    def __init__(self, home, domains):
        self.m_home = pathlib.Path(home).absolute()
        self.m_domains = domains
        self.m_serial = int(time.time())
        self.m_process = None
        self.port = 0

    def start(self, ends_with_us=True):
        nsd_home = self.m_home / "nsd"
        nsd_home.mkdir(parents=True, exist_ok=True)
        self.m_write_zone()
        for _ in range(5):  # somebody else may take the port between choosing and binding it
            self.port = processes.free_port(udp_too=True)
            (nsd_home / "nsd.conf").write_text(CONFIGURATION.format(home=nsd_home, port=self.port))
            self.m_process = subprocess.Popen(
                [processes.program("nsd"), "-d", "-c", str(nsd_home / "nsd.conf")],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True, preexec_fn=processes.end_with_parent if ends_with_us else None)
            if self.m_answers():
                return
            self.stop()
        raise RuntimeError(f"nsd does not answer; see {nsd_home}/nsd.log")

    def reload(self):
        """Takes up changed keys and records; returns when the new zone is served."""
        self.reload_running(self.m_process.pid, self.port)

    def reload_running(self, pid, port):
        """The same for an nsd that another process started."""
        self.port = port
        self.m_write_zone()
        os.kill(pid, signal.SIGHUP)
        if not self.m_answers():
            raise RuntimeError(f"nsd did not take up the new zone; see {self.m_home}/nsd/nsd.log")

    def pid(self):
        return self.m_process.pid

    def stop(self):
        if self.m_process is not None:
            processes.end(self.m_process)
            self.m_process = None

    def resolver(self):
        return resolver(self.port)

    def m_write_zone(self):
        self.m_serial += 1
        lines = ["$TTL 60", f". SOA ns.localhost. hostmaster.localhost. {self.m_serial} 3600 600 86400 60",
                 ". NS ns.localhost.", "ns.localhost. A 127.0.0.1"]
        for domain in self.m_domains:
            lines += [f"{domain}. MX 10 mx.{domain}.", f"mx.{domain}. A 127.0.0.1",
                      f'{domain}. TXT "v=spf1 ip4:127.0.0.1 -all"']
        for key in sorted((self.m_home / "dkim").glob("*/*.txt")):
            lines.append(f"{key.stem}._domainkey.{key.parent.name}. TXT {quoted(key.read_text())}")
        records = self.m_home / "records"
        if records.exists():
            lines += records.read_text().splitlines()
        zone = self.m_home / "nsd" / "root.zone"
        zone.with_suffix(".new").write_text("\n".join(lines) + "\n")
        os.replace(zone.with_suffix(".new"), zone)

    def m_answers(self):
        for _ in range(200):
            if self.m_process is not None and self.m_process.poll() is not None:
                return False
            try:
                if self.resolver().resolve(".", "SOA")[0].serial == self.m_serial:
                    return True
            except dns.exception.DNSException:
                pass
            time.sleep(0.05)
        return False


def resolver(port):
    """Asks the name server on this loopback port and nobody else."""
    asking = dns.resolver.Resolver(configure=False)
    asking.nameservers = ["127.0.0.1"]
    asking.port = port
    asking.lifetime = 2
    return asking


def quoted(text):
    """TXT content as strings of at most 255 octets (RFC 1035 section 3.3.14)."""
    text = "".join(text.split("\n")).strip()
    return " ".join(f'"{text[at:at + 250]}"' for at in range(0, len(text), 250))
