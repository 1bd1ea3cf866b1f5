// A subscriber built on github.com/go-acme/lego/v5 as a library: account, order, certificate and renewal are that library's;
// the proof of the mailbox, which lego has no solver for, is mailbox.go. What came of every step is a line "ok STEP" or
// "FAILED STEP: why".
package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"os"
	"runtime/debug"
	"strings"
	"time"

	"github.com/go-acme/lego/v5/acme"
	"github.com/go-acme/lego/v5/acme/api"
	"github.com/go-acme/lego/v5/certificate"
	"github.com/go-acme/lego/v5/registration"
)

// subscriber is a registration.User.
type subscriber struct {
	email   string
	account *acme.ExtendedAccount
	key     crypto.Signer
}

func (s *subscriber) GetEmail() string                       { return s.email }
func (s *subscriber) GetRegistration() *acme.ExtendedAccount { return s.account }
func (s *subscriber) GetPrivateKey() crypto.Signer           { return s.key }

func newKey() crypto.Signer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

// walk is what one subscriber goes through.
type walk struct {
	ctx         context.Context
	core        *api.Core
	user        *subscriber
	registrar   *registration.Registrar
	certifier   *certificate.Certifier
	keyID, mac  string
	address     string
	chain       []byte
	certificate *x509.Certificate
}

func (w *walk) register() error {
	if _, err := w.registrar.Register(w.ctx, registration.RegisterOptions{TermsOfServiceAgreed: true}); err == nil {
		return errors.New("an account was made without the binding that is required")
	}
	account, err := w.registrar.RegisterWithExternalAccountBinding(w.ctx, registration.RegisterEABOptions{
		TermsOfServiceAgreed: true, Kid: w.keyID, HmacEncoded: w.mac})
	if err != nil {
		return err
	}
	w.user.account = account
	return nil
}

func (w *walk) changeContact() error {
	w.user.email = "other@example.org"
	changed, err := w.registrar.UpdateRegistration(w.ctx, registration.RegisterOptions{TermsOfServiceAgreed: true})
	if err != nil {
		return err
	}
	if len(changed.Contact) != 1 || changed.Contact[0] != "mailto:other@example.org" {
		return fmt.Errorf("the contacts are %v", changed.Contact)
	}
	return nil
}

func (w *walk) changeKey() error {
	key := newKey()
	if err := w.registrar.KeyRollover(w.ctx, key); err != nil {
		return err
	}
	w.user.key = key
	stranger, err := api.New(http.DefaultClient, "interop", os.Args[1], "", key) // knows the key alone
	if err != nil {
		return err
	}
	found, err := registration.NewRegistrar(stranger, w.user).ResolveAccountByKey(w.ctx)
	if err != nil {
		return err
	}
	if found.Location != w.user.account.Location {
		return fmt.Errorf("the new key is that of %s", found.Location)
	}
	return nil
}

// request makes a CSR. lego takes the names of its order from the common name, since it knows no rfc822Name.
func (w *walk) request() (*x509.CertificateRequest, error) {
	der, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{
		Subject: pkix.Name{CommonName: w.address}, EmailAddresses: []string{w.address}}, newKey())
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificateRequest(der)
}

func (w *walk) obtainFor(replaces string) error {
	csr, err := w.request()
	if err != nil {
		return err
	}
	got, err := w.certifier.ObtainForCSR(w.ctx, certificate.ObtainForCSRRequest{CSR: csr, Bundle: true, Profile: "smime-sign",
		ReplacesCertID: replaces})
	if err != nil {
		return err
	}
	w.chain = got.Certificate
	block, _ := pem.Decode(w.chain)
	if block == nil {
		return errors.New("no PEM")
	}
	if w.certificate, err = x509.ParseCertificate(block.Bytes); err != nil {
		return err
	}
	if len(w.certificate.EmailAddresses) != 1 || w.certificate.EmailAddresses[0] != w.address {
		return fmt.Errorf("the certificate is for %v", w.certificate.EmailAddresses)
	}
	return nil
}

func (w *walk) obtain() error { return w.obtainFor("") }

func (w *walk) askWhenToRenew() error {
	info, err := w.certifier.GetRenewalInfo(w.ctx, w.certificate)
	if err != nil {
		return err
	}
	if info.ShouldRenewAt(time.Now(), 0) != nil {
		return fmt.Errorf("a new certificate is to be renewed in %v", info.SuggestedWindow)
	}
	if info.RetryAfter <= 0 {
		return errors.New("nothing says when to ask again")
	}
	return nil
}

func (w *walk) replace() error {
	name, err := api.MakeARICertID(w.certificate)
	if err != nil {
		return err
	}
	first := w.certificate
	if err = w.obtainFor(name); err != nil {
		return err
	}
	if first.SerialNumber.Cmp(w.certificate.SerialNumber) == 0 {
		return errors.New("the renewal is the certificate that it replaces")
	}
	// lego answers alreadyReplaced with an order that replaces nothing.
	again, err := w.core.Orders.New(w.ctx, []string{w.address}, &api.OrderOptions{ReplacesCertID: name})
	if err != nil {
		return err
	}
	if again.Replaces != "" {
		return fmt.Errorf("a second order replaces %q", again.Replaces)
	}
	return nil
}

func (w *walk) revoke() error {
	reason := uint(acme.CRLReasonSuperseded)
	if err := w.certifier.RevokeWithReason(w.ctx, w.chain, &reason); err != nil {
		return err
	}
	err := w.certifier.RevokeWithReason(w.ctx, w.chain, &reason)
	var problem *acme.ProblemDetails
	if !errors.As(err, &problem) || problem.Type != acme.AlreadyRevokedErrorType {
		return fmt.Errorf("a second revocation was answered: %v", err)
	}
	info, err := w.certifier.GetRenewalInfo(w.ctx, w.certificate)
	if err != nil {
		return err
	}
	if info.ShouldRenewAt(time.Now(), 0) == nil {
		return fmt.Errorf("it is to be renewed in %v only", info.SuggestedWindow)
	}
	return nil
}

func (w *walk) deactivate() error {
	if err := w.registrar.DeleteRegistration(w.ctx); err != nil {
		return err
	}
	if _, err := w.registrar.UpdateRegistration(w.ctx, registration.RegisterOptions{}); err == nil {
		return errors.New("the account is good still")
	}
	return nil
}

func printVersions() {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		if strings.HasPrefix(module.Path, "github.com/go-acme/lego") || strings.HasPrefix(module.Path, "github.com/go-jose") {
			fmt.Println("version", module.Path, module.Version)
		}
	}
}

// lego DIRECTORY ADDRESS MAILDIR SUBMISSION-SERVER EAB-KID EAB-KEY
func main() {
	printVersions()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	user := &subscriber{email: os.Args[2], key: newKey()}
	core, err := api.New(http.DefaultClient, "interop", os.Args[1], "", user.key)
	if err != nil {
		fmt.Println("FAILED the directory:", err)
		os.Exit(1)
	}
	box := &mailbox{core: core, address: os.Args[2], maildir: os.Args[3], submission: os.Args[4], answered: map[string]bool{}}
	w := &walk{ctx: ctx, core: core, user: user, address: box.address, keyID: os.Args[5], mac: os.Args[6],
		registrar: registration.NewRegistrar(core, user),
		certifier: certificate.NewCertifier(core, box, certificate.CertifierOptions{Timeout: time.Minute})}
	steps := []struct {
		name string
		do   func() error
	}{
		{"an account, bound to an external one", w.register},
		{"its contact changed", w.changeContact},
		{"its key changed", w.changeKey},
		{"a certificate for a mailbox named as dns", w.obtain},
		{"its renewal window", w.askWhenToRenew},
		{"a certificate that replaces it, once", w.replace},
		{"its revocation by the account, once, a renewal window in the past", w.revoke},
		{"the account deactivated", w.deactivate},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			fmt.Printf("FAILED %s: %v\n", step.name, err)
			os.Exit(1)
		}
		fmt.Println("ok", step.name)
	}
}
