"""Certificate signing requests with python3-cryptography, good and bad ones."""
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID


def rsa_key(bits=2048):
    return rsa.generate_private_key(65537, bits)


def ec_key(curve=None):
    return ec.generate_private_key(curve or ec.SECP256R1())


def key_usage(*bits):
    names = ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
             "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"]
    return x509.KeyUsage(**{name: name in bits for name in names})


def csr(key, mailboxes, usage=(), dns_names=(), common_name=None):
    """DER. As certbot-castle's: the mailbox as rfc822Name and, when asked for, as dNSName and common name too."""
    subject = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else []
    names = [x509.RFC822Name(mailbox) for mailbox in mailboxes] + [x509.DNSName(name) for name in dns_names]
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(subject))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    if usage:
        builder = builder.add_extension(key_usage(*usage), critical=True)
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
    return builder.sign(key, algorithm).public_bytes(Encoding.DER)


def pem(key):
    """A private key as a file that other programs read."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def with_broken_signature(der):
    """The last octet belongs to the signature."""
    return der[:-1] + bytes([der[-1] ^ 1])
