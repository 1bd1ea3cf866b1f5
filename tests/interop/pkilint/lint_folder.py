"""pkilint over many files in one process, by its Python API; run by the Python that has it.

    lint_folder.py FOLDER    a line for each finding of notice or worse, "PATH SEVERITY CODE MESSAGE", then a line for each
                             folder, "LINTED FOLDER COUNT VALIDATORS"

What a file is linted as, its place says: smime/, strict/ and temporary/ as strict, smime-multipurpose/ and multipurpose/ as
multipurpose mailbox-validated S/MIME BR certificates, other folders of certificates as RFC 5280 ones, *.crl as CRLs (those of
roots, which list CAs, as ARLs) with the BR's rules, ocsp/ and sm2-ocsp/ as OCSP responses.
"""
import pathlib
import sys

from pkilint import loader, pkix
from pkilint.cabf import cabf_crl, smime
from pkilint.cabf.smime import smime_constants
from pkilint.pkix import certificate, crl, extension, name, ocsp
from pkilint.validation import ValidationFindingSeverity

CERTIFICATES = loader.RFC5280CertificateDocumentLoader()
CRLS = loader.RFC5280CertificateListDocumentLoader()
PLACES = {"smime": "strict", "strict": "strict", "temporary": "strict", "smime-multipurpose": "multipurpose",
          "multipurpose": "multipurpose", "ocsp": "ocsp", "sm2-ocsp": "ocsp"}
RESPONSES = loader.RFC6960OCSPResponseDocumentLoader()


def decoders():
    return [pkix.create_attribute_decoder(name.ATTRIBUTE_TYPE_MAPPINGS),
            pkix.create_extension_decoder(extension.EXTENSION_MAPPINGS)]


def mailbox(generation):
    kind = (smime_constants.ValidationLevel.MAILBOX, generation)
    return certificate.create_pkix_certificate_validator_container(smime.create_decoding_validators(),
                                                                   smime.create_subscriber_validators(*kind))


def plain_certificate():
    return certificate.create_pkix_certificate_validator_container(
        certificate.create_decoding_validators(name.ATTRIBUTE_TYPE_MAPPINGS, extension.EXTENSION_MAPPINGS),
        [certificate.create_issuer_validator_container([]), certificate.create_validity_validator_container(),
         certificate.create_subject_validator_container([]), certificate.create_extensions_validator_container([]),
         certificate.create_spki_validator_container([])])


def revocation_list(kind):
    return crl.create_pkix_crl_validator_container(decoders(), [
        crl.create_issuer_validator_container([]),
        crl.create_validity_validator_container([cabf_crl.create_validity_period_validator(kind)]),
        crl.create_extensions_validator_container([]), cabf_crl.CabfCrlReasonCodeAllowlistValidator(kind)])


def response():
    return ocsp.create_pkix_ocsp_response_validator_container([ocsp.create_response_decoder()] + decoders(), [])


class Linter:
    def __init__(self):
        kinds = crl.CertificateRevocationListType
        generations = smime_constants.Generation
        self.m_validators = {"strict": (CERTIFICATES, mailbox(generations.STRICT)),
                             "multipurpose": (CERTIFICATES, mailbox(generations.MULTIPURPOSE)),
                             "plain": (CERTIFICATES, plain_certificate()),
                             "crl": (CRLS, revocation_list(kinds.CRL)), "arl": (CRLS, revocation_list(kinds.ARL)),
                             "ocsp": (RESPONSES, response())}

    @staticmethod
    def kind_of(path, top):
        if path.suffix == ".crl":
            return "arl" if "-root-" in path.name else "crl"
        place = path.relative_to(top).parts[0]
        return PLACES.get(place, "plain")

    def findings(self, path, top):
        """(severity, code, message) of each; how many validators had something to look at."""
        documents, validator = self.m_validators[self.kind_of(path, top)]
        try:
            document = documents.load_der_document(path.read_bytes(), path.name)
        except ValueError as error:
            return [("FATAL", "unparsable", str(error))], 0
        results = validator.validate(document.root)
        found = [(str(one.finding.severity), one.finding.code, one.message or "")
                 for result in results for one in result.finding_descriptions
                 if one.finding.severity <= ValidationFindingSeverity.NOTICE]
        return found, len(results)


def main():
    top = pathlib.Path(sys.argv[1])
    linter = Linter()
    tallies = {}
    for path in sorted(one for one in top.rglob("*") if one.is_file()):
        found, validators = linter.findings(path, top)
        files, seen = tallies.get(path.parent, (0, 0))
        tallies[path.parent] = (files + 1, seen + validators)
        for severity, code, message in found:
            print(path, severity, code, message)
    for folder, (files, validators) in sorted(tallies.items()):
        print("LINTED", folder, files, validators)


if __name__ == "__main__":
    main()
