// What github.com/emmansun/gmsm, an implementation of SM2, SM3 and X.509 that shares nothing with OpenSSL, says of an SM2
// hierarchy: certificates, requests, CRLs, OCSP responses and timestamp tokens. Every signature is verified with the
// identifier 1234567812345678, that library's default. A line "ok WHAT" or "FAILED WHAT: why" for each.
//
//	gmsm chain ROOT ISSUING LEAF...     | request CSR | crl ISSUING CRL | ocsp ISSUING RESPONSE | token ROOT ISSUING REPLY DATA
package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"
)

var failed bool

func report(what string, err error) {
	if err == nil {
		fmt.Println("ok", what)
		return
	}
	failed = true
	fmt.Printf("FAILED %s: %v\n", what, err)
}

func read(name string) []byte {
	data, err := os.ReadFile(name)
	if err != nil {
		fmt.Println("FAILED", err)
		os.Exit(1)
	}
	return data
}

func certificate(name string) *smx509.Certificate {
	data := read(name)
	parse := smx509.ParseCertificate
	if bytes.HasPrefix(data, []byte("-----BEGIN")) {
		parse = smx509.ParseCertificatePEM
	}
	out, err := parse(data)
	if err != nil {
		fmt.Printf("FAILED %s: %v\n", name, err)
		os.Exit(1)
	}
	return out
}

func verify(key any, data, signature []byte) error {
	public, isKey := key.(*ecdsa.PublicKey)
	if !isKey || !sm2.VerifyASN1WithSM2(public, nil, data, signature) {
		return errors.New("the signature does not verify")
	}
	return nil
}

// Root and issuing CA lead to the leaf by gmsm's own path validation.
func path(root, issuing, leaf *smx509.Certificate, usage smx509.ExtKeyUsage) error {
	roots, between := smx509.NewCertPool(), smx509.NewCertPool()
	roots.AddCert(root)
	between.AddCert(issuing)
	_, err := leaf.Verify(smx509.VerifyOptions{Roots: roots, Intermediates: between, KeyUsages: []smx509.ExtKeyUsage{usage}})
	return err
}

func chain(names []string) {
	root, issuing := certificate(names[0]), certificate(names[1])
	report("root", root.CheckSignatureFrom(root))
	report("issuing CA", issuing.CheckSignatureFrom(root))
	for _, name := range names[2:] {
		leaf := certificate(name)
		usage := smx509.ExtKeyUsageEmailProtection
		if leaf.ExtKeyUsage[0] == x509.ExtKeyUsageTimeStamping {
			usage = smx509.ExtKeyUsageTimeStamping
			leaf.UnhandledCriticalExtensions = nil // a critical extKeyUsage of timestamping is what RFC 3161 wants
		}
		report("path of "+filepath.Base(name), path(root, issuing, leaf, usage))
	}
}

func request(name string) {
	parsed, err := smx509.ParseCertificateRequest(read(name))
	if err == nil {
		err = parsed.CheckSignature()
	}
	report("request", err)
}

func crl(issuing, name string) {
	list, err := smx509.ParseRevocationList(read(name))
	if err == nil {
		err = list.CheckSignatureFrom(certificate(issuing))
	}
	report("CRL", err)
	for _, entry := range list.RevokedCertificateEntries {
		fmt.Printf("revoked %x\n", entry.SerialNumber)
	}
}

func unmarshal(der []byte, into any) error {
	rest, err := asn1.Unmarshal(der, into)
	if err == nil && len(rest) > 0 {
		err = errors.New("something stands behind it")
	}
	return err
}

// RFC 6960: OCSPResponse and BasicOCSPResponse.
func ocsp(issuing, name string) {
	var response struct {
		Status asn1.Enumerated
		Bytes  struct {
			Type     asn1.ObjectIdentifier
			Response []byte
		} `asn1:"explicit,tag:0"`
	}
	var basic struct {
		Data         asn1.RawValue
		Algorithm    pkix.AlgorithmIdentifier
		Signature    asn1.BitString
		Certificates []asn1.RawValue `asn1:"explicit,tag:0"`
	}
	if err := unmarshal(read(name), &response); err != nil {
		report("OCSP response", err)
		return
	}
	if err := unmarshal(response.Bytes.Response, &basic); err != nil {
		report("OCSP response", err)
		return
	}
	responder, err := smx509.ParseCertificate(basic.Certificates[0].FullBytes)
	if err == nil {
		err = responder.CheckSignatureFrom(certificate(issuing))
	}
	report("OCSP responder", err)
	if err == nil {
		report("OCSP response", verify(responder.PublicKey, basic.Data.FullBytes, basic.Signature.RightAlign()))
	}
}

type signerInfo struct {
	Version    int
	Signer     asn1.RawValue
	Digest     pkix.AlgorithmIdentifier
	Attributes asn1.RawValue `asn1:"tag:0"`
	Algorithm  pkix.AlgorithmIdentifier
	Signature  []byte
}

type attribute struct {
	Type   asn1.ObjectIdentifier
	Values asn1.RawValue `asn1:"set"`
}

// RFC 3161: TimeStampResp around SignedData (RFC 5652) around TSTInfo.
func token(root, issuing, name, dataFile string) {
	var response struct {
		Status struct{ Status int }
		Token  struct {
			Type asn1.ObjectIdentifier
			Data struct {
				Version int
				Digests []pkix.AlgorithmIdentifier `asn1:"set"`
				Content struct {
					Type asn1.ObjectIdentifier
					Info []byte `asn1:"explicit,tag:0"`
				}
				Certificates asn1.RawValue `asn1:"optional,tag:0"`
				Signers      []signerInfo  `asn1:"set"`
			} `asn1:"explicit,tag:0"`
		}
	}
	if err := unmarshal(read(name), &response); err != nil {
		report("token", err)
		return
	}
	signed := response.Token.Data
	var info struct {
		Version int
		Policy  asn1.ObjectIdentifier
		Imprint struct {
			Hash   pkix.AlgorithmIdentifier
			Digest []byte
		}
		Serial   *big.Int
		Time     time.Time     `asn1:"generalized"`
		Accuracy asn1.RawValue `asn1:"optional"`
		Nonce    *big.Int      `asn1:"optional"`
	}
	report("TSTInfo", unmarshal(signed.Content.Info, &info))
	digest := sm3.Sum(read(dataFile))
	report("imprint", same(info.Imprint.Digest, digest[:]))

	signer := signed.Signers[0]
	attributes := append([]byte{}, signer.Attributes.FullBytes...)
	attributes[0] = 0x31 // signed as the SET OF that it is
	unit := unitOf(signed.Certificates.Bytes, signer.Signer)
	if unit == nil {
		report("unit", errors.New("its certificate is not in the token"))
		return
	}
	unit.UnhandledCriticalExtensions = nil
	report("unit", path(certificate(root), certificate(issuing), unit, smx509.ExtKeyUsageTimeStamping))
	report("messageDigest", messageDigest(signer.Attributes.Bytes, signed.Content.Info))
	report("token", verify(unit.PublicKey, attributes, signer.Signature))
}

func same(a, b []byte) error {
	if bytes.Equal(a, b) {
		return nil
	}
	return fmt.Errorf("%x is not %x", a, b)
}

func unitOf(certificates []byte, issuerAndSerial asn1.RawValue) *smx509.Certificate {
	for len(certificates) > 0 {
		var one asn1.RawValue
		rest, err := asn1.Unmarshal(certificates, &one)
		if err != nil {
			return nil
		}
		certificates = rest
		parsed, err := smx509.ParseCertificate(one.FullBytes)
		if err != nil {
			continue
		}
		serial, err := asn1.Marshal(parsed.SerialNumber)
		if err == nil && bytes.Equal(append(append([]byte{}, parsed.RawIssuer...), serial...), issuerAndSerial.Bytes) {
			return parsed
		}
	}
	return nil
}

func messageDigest(attributes, content []byte) error {
	for len(attributes) > 0 {
		var one attribute
		rest, err := asn1.Unmarshal(attributes, &one)
		if err != nil {
			return err
		}
		attributes = rest
		if one.Type.String() != "1.2.840.113549.1.9.4" {
			continue
		}
		var digest []byte
		if err := unmarshal(one.Values.Bytes, &digest); err != nil {
			return err
		}
		computed := sm3.Sum(content)
		return same(digest, computed[:])
	}
	return errors.New("there is none")
}

func main() {
	if build, known := debug.ReadBuildInfo(); known {
		for _, module := range build.Deps {
			fmt.Println("version", module.Path, module.Version)
		}
	}
	if len(os.Args) < 2 { // only asked who it is
		return
	}
	arguments := os.Args[2:]
	switch os.Args[1] {
	case "chain":
		chain(arguments)
	case "request":
		request(arguments[0])
	case "crl":
		crl(arguments[0], arguments[1])
	case "ocsp":
		ocsp(arguments[0], arguments[1])
	case "token":
		token(arguments[0], arguments[1], arguments[2], arguments[3])
	}
	if failed {
		os.Exit(1)
	}
}
