// The DER of single extensions (RFC 5280 section 4.2), for certificates, requests and CRLs. Internal to core/.
#pragma once

#include <string>
#include <vector>

#include "core/email_address.h"
#include "core/x509/builder.h"

namespace mailca::x509 {

enum class Criticality { Critical, NotCritical };

// SEQUENCE { OID, [critical TRUE], OCTET STRING value }.
Result<Bytes> encodeExtension(std::string_view oid, Criticality criticality, ByteView value);
// rfc822Name, or SmtpUTF8Mailbox when the local part lies outside ASCII (standards A51, H5).
Result<Bytes> encodeMailboxName(const EmailAddress& mailbox, Criticality criticality);
Result<Bytes> encodeKeyUsage(unsigned bits);
Result<Bytes> encodeAuthorityKeyId(ByteView keyIdentifier);
// DistributionPointName with the URIs as fullName; Malformed for a URI that is empty or not printable ASCII.
Result<Bytes> encodeFullName(const std::vector<std::string>& urls);
// Every extension of the fields, in one SEQUENCE.
Result<Bytes> encodeExtensions(const CertificateFields& fields, Criticality subjectAltName);

}  // namespace mailca::x509
