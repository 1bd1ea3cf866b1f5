"""JSON Web Signatures with python3-cryptography: an implementation that shares nothing with the one under test."""
import base64
import hashlib
import json

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def b64u(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def unb64u(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def integer(number, length=None):
    return b64u(number.to_bytes(length or (number.bit_length() + 7) // 8, "big"))


class Es256:
    """ECDSA on P-256; with ES384 the same on P-384."""
    alg, m_curve, m_crv, m_hash, m_length = "ES256", ec.SECP256R1(), "P-256", hashes.SHA256(), 32

    def __init__(self, key=None):
        self.m_key = key or ec.generate_private_key(self.m_curve)
        point = self.m_key.public_key().public_numbers()
        self.jwk = {"kty": "EC", "crv": self.m_crv, "x": integer(point.x, self.m_length), "y": integer(point.y, self.m_length)}

    def sign(self, octets):
        r, s = utils.decode_dss_signature(self.m_key.sign(octets, ec.ECDSA(self.m_hash)))
        return r.to_bytes(self.m_length, "big") + s.to_bytes(self.m_length, "big")


class Es384(Es256):
    alg, m_curve, m_crv, m_hash, m_length = "ES384", ec.SECP384R1(), "P-384", hashes.SHA384(), 48


class Rs256:
    alg = "RS256"

    def __init__(self, key=None, bits=2048):
        self.m_key = key or rsa.generate_private_key(65537, bits)
        public = self.m_key.public_key().public_numbers()
        self.jwk = {"kty": "RSA", "n": integer(public.n), "e": integer(public.e)}

    def sign(self, octets):
        return self.m_key.sign(octets, padding.PKCS1v15(), hashes.SHA256())


class EdDsa:
    alg = "EdDSA"

    def __init__(self):
        self.m_key = ed25519.Ed25519PrivateKey.generate()
        raw = self.m_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.jwk = {"kty": "OKP", "crv": "Ed25519", "x": b64u(raw)}


    def sign(self, octets):
        return self.m_key.sign(octets)


def thumbprint(jwk):
    """RFC 7638: the required members only, in lexicographic order, without blanks."""
    required = {name: jwk[name] for name in ("crv", "e", "kty", "n", "x", "y") if name in jwk}
    return b64u(hashlib.sha256(json.dumps(required, sort_keys=True, separators=(",", ":")).encode()).digest())


def flattened(key, protected, payload):
    """A flattened JWS. `protected` is a dict, or text for a header that no JSON writer would write."""
    header = b64u((protected if isinstance(protected, str) else json.dumps(protected)).encode())
    body = b64u(payload)
    return {"protected": header, "payload": body, "signature": b64u(key.sign(f"{header}.{body}".encode()))}


def reply_digest(part1, part2, jwk, reading):
    """RFC 8823 section 3: joins the token parts as `strings` or as `bytes`, the two readings that clients have."""
    token = part1 + part2 if reading == "strings" else b64u(unb64u(part1) + unb64u(part2))
    return b64u(hashlib.sha256(f"{token}.{thumbprint(jwk)}".encode()).digest())
