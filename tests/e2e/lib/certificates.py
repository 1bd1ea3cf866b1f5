"""What the certificates say, asked of python3-cryptography and of the openssl command line."""
import base64

import e2e
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID


def split(pem):
    """The certificates of a PEM file (bytes), in order."""
    end = b"-----END CERTIFICATE-----"
    return [x509.load_pem_x509_certificate(part.strip() + b"\n" + end + b"\n") for part in pem.split(end)[:-1]]


def mailboxes(certificate):
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return names.get_values_for_type(x509.RFC822Name)


def other_names(certificate):
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [name for name in names if not isinstance(name, x509.RFC822Name)]


def usage(certificate):
    bits = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    return {name for name in ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment",
                              "key_agreement", "key_cert_sign", "crl_sign") if getattr(bits, name)}


def crl_url(certificate):
    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    return points[0].full_name[0].value


def issuer_url(certificate):
    access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    return next(one.access_location.value for one in access if one.access_method == AuthorityInformationAccessOID.CA_ISSUERS)


def pem(certificate):
    return certificate.public_bytes(Encoding.PEM)


def openssl_verifies(leaf, issuers, root, purpose=None):
    """(verdict, what openssl said)."""
    more = ["-purpose", purpose] if purpose else []
    code, said = e2e.run("openssl", "verify", "-x509_strict", "-CAfile", root, "-untrusted", issuers, *more, leaf)
    return code == 0, said


def der(certificate):
    return certificate.public_bytes(Encoding.DER)


def ari_name(certificate):
    """As renewalInfo names it (RFC 9773 section 4.1)."""
    def text(octets):
        return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
    key_id = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    number = certificate.serial_number
    return f"{text(key_id)}.{text(number.to_bytes(number.bit_length() // 8 + 1, 'big'))}"
