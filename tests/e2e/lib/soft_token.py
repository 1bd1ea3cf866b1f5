"""A SoftHSM token with the keys of the issuing CAs and the timestamping unit, made with the tools of other people."""
import os
import pathlib

import e2e

MODULE = pathlib.Path("/usr/lib/softhsm/libsofthsm2.so")
NAMES = ("smime-1", "mailbox-timestamp-1", "timestamp-1", "timestamp-unit-1", "smime-multipurpose-1", "temporary-1",
         "audit-1")
LABEL = "mailca"


class SoftToken:
    """Its PIN is the pass-phrase of the service. Every program started from now on finds it."""

    def __init__(self, home):
        self.m_home = pathlib.Path(home)
        self.m_home.mkdir()
        self.m_tokens.mkdir(mode=0o700)
        configuration = self.m_home / "softhsm2.conf"
        configuration.write_text(f"directories.tokendir = {self.m_tokens}\nobjectstore.backend = file\nlog.level = ERROR\n")
        os.environ["SOFTHSM2_CONF"] = str(configuration)

    def prepare(self, pin_file):
        """Makes the keys; gives the lines of the reviewed file that name them."""
        pin = pin_file.read_text().strip()
        e2e.must("softhsm2-util", "--init-token", "--free", "--label", LABEL, "--pin", pin, "--so-pin", pin)
        for number, name in enumerate(NAMES, 1):
            e2e.must("pkcs11-tool", "--module", MODULE, "--login", "--pin", pin, "--token-label", LABEL, "--keypairgen",
                     "--key-type", "EC:prime256v1", "--label", name, "--id", f"{number:02}")
        return f'\n[token]\nmodule = "{MODULE}"\nuri = "pkcs11:token={LABEL}"\n'

    def disappear(self):
        self.m_tokens.rename(self.m_away)

    def come_back(self):
        self.m_away.rename(self.m_tokens)

    @property
    def m_tokens(self):
        return self.m_home / "tokens"

    @property
    def m_away(self):
        return self.m_home / "away"
