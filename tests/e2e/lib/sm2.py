"""SM2 as the openssl command line can be told of it: every signature with the identifier of GM/T 0009 (standards I6-I9)."""
import pathlib

import e2e

IDENTIFIER = "distid:1234567812345678"


def verifies(certificate, issuer, partial=True):
    """(verdict, words): `certificate` (a file) directly below `issuer`. A chain at once cannot be had: -vfyopt reaches the
    first certificate only (I8)."""
    code, said = e2e.run("openssl", "verify", "-vfyopt", IDENTIFIER, *(["-partial_chain"] if partial else []), "-trusted",
                         issuer, certificate)
    return code == 0, said


def verifies_without_identifier(certificate, issuer):
    return e2e.run("openssl", "verify", "-partial_chain", "-trusted", issuer, certificate)[0] == 0


def crl_verifies(crl, issuer, home):
    """The signature over the to-be-signed bytes, which is all that openssl can be asked about a CRL (I9)."""
    home = pathlib.Path(home)
    der = home / "asked.crl"
    der.write_bytes(crl)
    parts = [line for line in e2e.must("openssl", "asn1parse", "-inform", "DER", "-in", der).splitlines() if ":d=1 " in line]
    tbs, signature = int(parts[0].split(":")[0]), int(parts[2].split(":")[0])
    e2e.must("openssl", "asn1parse", "-inform", "DER", "-in", der, "-strparse", str(tbs), "-noout", "-out", home / "asked.tbs")
    e2e.must("openssl", "asn1parse", "-inform", "DER", "-in", der, "-strparse", str(signature), "-noout", "-out",
             home / "asked.sig")
    key = home / "asked.pub"
    key.write_text(e2e.must("openssl", "x509", "-in", issuer, "-noout", "-pubkey"))
    code, said = e2e.run("openssl", "pkeyutl", "-verify", "-pubin", "-inkey", key, "-rawin", "-digest", "sm3", "-in",
                         home / "asked.tbs", "-sigfile", home / "asked.sig", "-pkeyopt", IDENTIFIER)
    return code == 0, said
