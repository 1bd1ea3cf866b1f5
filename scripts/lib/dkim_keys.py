"""DKIM keys of the mail loops: dkim/<domain>/<selector>.key and .txt (what the TXT record holds)."""
import base64
import pathlib
import subprocess

import dkim

# RFC 8823 section 3.2 (9) asks a reply's signature to cover all of these; absent ones are signed as absent.
REPLY_HEADERS = ["From", "Sender", "Reply-To", "To", "CC", "Subject", "Date", "In-Reply-To", "References",
                 "Message-ID", "Content-Type", "Content-Transfer-Encoding"]
RSA_SELECTOR = "rsa1"
ED25519_SELECTOR = "ed1"


def make(home, domain):
    """An RSA-2048 and an Ed25519 key for a subscriber's domain, unless they are there."""
    folder = pathlib.Path(home) / "dkim" / domain
    folder.mkdir(parents=True, exist_ok=True)
    rsa = folder / f"{RSA_SELECTOR}.key"
    if not rsa.exists():
        openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", str(rsa))
        public = openssl("pkey", "-in", str(rsa), "-pubout", "-outform", "DER")
        rsa.with_suffix(".txt").write_text(f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}\n")
    ed25519 = folder / f"{ED25519_SELECTOR}.key"
    if not ed25519.exists():
        private = openssl("genpkey", "-algorithm", "ED25519", "-outform", "DER")
        pem = subprocess.run(["openssl", "pkey", "-inform", "DER"], input=private, capture_output=True, check=True)
        public = subprocess.run(["openssl", "pkey", "-pubout", "-outform", "DER"], input=pem.stdout,
                                capture_output=True, check=True).stdout
        # both encodings end in the bare 32 octets (RFC 8410), which is what DKIM uses (RFC 8463)
        ed25519.write_text(base64.b64encode(private[-32:]).decode() + "\n")
        ed25519.with_suffix(".txt").write_text(f"v=DKIM1; k=ed25519; p={base64.b64encode(public[-32:]).decode()}\n")


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], capture_output=True, check=True).stdout


def signed(message, home, domain, selector, headers=REPLY_HEADERS, **more):
    """The message (bytes, CRLF) with one more DKIM-Signature on top. `more` goes to dkimpy's sign()."""
    key = (pathlib.Path(home) / "dkim" / domain / f"{selector}.key").read_bytes()
    algorithm = b"rsa-sha256" if b"PRIVATE KEY" in key else b"ed25519-sha256"
    signer = dkim.DKIM(message, signature_algorithm=algorithm)
    return signer.sign(selector.encode(), domain.encode(), key.strip(), canonicalize=(b"relaxed", b"relaxed"),
                       include_headers=[name.lower().encode() for name in headers], **more) + message
