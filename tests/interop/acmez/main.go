// A subscriber built on github.com/mholt/acmez/v3: the ACME and email-reply-00 (RFC 8823) parts are that library's, this
// file only moves mails and says what came of every step: a line "ok STEP" or "FAILED STEP: why".
package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/mail"
	"net/smtp"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/mholt/acmez/v3"
	"github.com/mholt/acmez/v3/acme"
)

// mailbox answers challenges: its Maildir is where they come in, its submission server takes the reply.
type mailbox struct {
	address, maildir, submission string
	answered                     map[string]bool // Message-IDs
}

func (m *mailbox) Present(ctx context.Context, challenge acme.Challenge) error {
	letter, err := m.waitForChallenge(ctx)
	if err != nil {
		return err
	}
	return m.answer(challenge, letter)
}

func (m *mailbox) CleanUp(context.Context, acme.Challenge) error { return nil }

func (m *mailbox) answer(challenge acme.Challenge, letter *mail.Message) error {
	reply, err := acmez.MailReplyChallengeResponse(challenge, letter.Header.Get("Subject"), letter.Header.Get("Message-ID"),
		letter.Header.Get("Reply-To"))
	if err != nil {
		return err
	}
	to, err := mail.ParseAddress(firstOf(letter.Header.Get("Reply-To"), letter.Header.Get("From")))
	if err != nil {
		return err
	}
	return smtp.SendMail(m.submission, nil, m.address, []string{to.Address}, []byte(reply))
}

// waitForChallenge gives the challenge mail that was not answered yet.
func (m *mailbox) waitForChallenge(ctx context.Context) (*mail.Message, error) {
	for {
		files, _ := filepath.Glob(filepath.Join(m.maildir, "new", "*"))
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				continue
			}
			letter, err := mail.ReadMessage(strings.NewReader(string(text)))
			if err != nil {
				return nil, err
			}
			id := letter.Header.Get("Message-ID")
			if strings.HasPrefix(letter.Header.Get("Subject"), "ACME: ") && !m.answered[id] {
				m.answered[id] = true
				return letter, nil
			}
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("no challenge mail came to %s", m.address)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func firstOf(values ...string) string {
	for _, value := range values {
		if value != "" {
			return value
		}
	}
	return ""
}

func newKey() crypto.Signer {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	return key
}

func leafOf(chains []acme.Certificate) (*x509.Certificate, error) {
	if len(chains) == 0 {
		return nil, errors.New("no certificate")
	}
	block, _ := pem.Decode(chains[0].ChainPEM)
	if block == nil {
		return nil, errors.New("no PEM")
	}
	return x509.ParseCertificate(block.Bytes)
}

// walk is what one subscriber goes through.
type walk struct {
	ctx         context.Context
	client      acmez.Client
	box         *mailbox
	account     acme.Account
	keyID, mac  string
	certificate *x509.Certificate
	key         crypto.Signer
}

func (w *walk) register() error {
	account := acme.Account{Contact: []string{"mailto:" + w.box.address}, TermsOfServiceAgreed: true, PrivateKey: newKey()}
	if _, err := w.client.NewAccount(w.ctx, account); err == nil {
		return errors.New("an account was made without the binding that is required")
	}
	if err := account.SetExternalAccountBinding(w.ctx, w.client.Client, acme.EAB{KeyID: w.keyID, MACKey: w.mac}); err != nil {
		return err
	}
	made, err := w.client.NewAccount(w.ctx, account)
	if err != nil {
		return err
	}
	w.account = made
	return nil
}

func (w *walk) changeContact() error {
	w.account.Contact = []string{"mailto:other@example.org"}
	changed, err := w.client.UpdateAccount(w.ctx, w.account)
	if err != nil {
		return err
	}
	if len(changed.Contact) != 1 || changed.Contact[0] != "mailto:other@example.org" {
		return fmt.Errorf("the contacts are %v", changed.Contact)
	}
	return nil
}

func (w *walk) changeKey() error {
	changed, err := w.client.AccountKeyRollover(w.ctx, w.account, newKey())
	if err != nil {
		return err
	}
	w.account = changed
	_, err = w.client.GetAccount(w.ctx, w.account)
	return err
}

func (w *walk) order(replaces string) (acme.Order, error) {
	return w.client.NewOrder(w.ctx, w.account, acme.Order{
		Identifiers: []acme.Identifier{{Type: "email", Value: w.box.address}}, Replaces: replaces})
}

// Standards A13: the reply is computed under the key that the account has by then.
func (w *walk) changeKeyWhileAMailTravels() error {
	order, err := w.order("")
	if err != nil {
		return err
	}
	if _, err = w.client.GetAuthorization(w.ctx, w.account, order.Authorizations[0]); err != nil {
		return err
	}
	letter, err := w.box.waitForChallenge(w.ctx)
	if err != nil {
		return err
	}
	if err = w.changeKey(); err != nil {
		return err
	}
	authorization, err := w.client.GetAuthorization(w.ctx, w.account, order.Authorizations[0])
	if err != nil {
		return err
	}
	if err = w.box.answer(authorization.Challenges[0], letter); err != nil {
		return err
	}
	if _, err = w.client.InitiateChallenge(w.ctx, w.account, authorization.Challenges[0]); err != nil {
		return err
	}
	authorization, err = w.client.PollAuthorization(w.ctx, w.account, authorization)
	if err != nil {
		return err
	}
	if authorization.Status != "valid" {
		return fmt.Errorf("the authorization is %s", authorization.Status)
	}
	ended, err := w.client.DeactivateAuthorization(w.ctx, w.account, order.Authorizations[0])
	if err != nil {
		return err
	}
	if ended.Status != "deactivated" {
		return fmt.Errorf("the authorization is %s", ended.Status)
	}
	after, err := w.client.GetOrder(w.ctx, w.account, order)
	if err != nil {
		return err
	}
	if after.Status != "invalid" {
		return fmt.Errorf("the order is %s", after.Status)
	}
	return nil
}

func (w *walk) obtain() error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	chains, err := w.client.ObtainCertificateForSANs(w.ctx, w.account, key, []string{w.box.address})
	if err != nil {
		return err
	}
	w.key = key
	w.certificate, err = leafOf(chains)
	if err != nil {
		return err
	}
	if len(w.certificate.EmailAddresses) != 1 || w.certificate.EmailAddresses[0] != w.box.address {
		return fmt.Errorf("the certificate is for %v", w.certificate.EmailAddresses)
	}
	return os.WriteFile("leaf.pem", chains[0].ChainPEM, 0o600)
}

func (w *walk) askWhenToRenew() error {
	info, err := w.client.GetRenewalInfo(w.ctx, w.certificate)
	if err != nil {
		return err
	}
	if !info.SuggestedWindow.Start.After(time.Now()) || !info.SuggestedWindow.End.Before(w.certificate.NotAfter) {
		return fmt.Errorf("the window is %v to %v", info.SuggestedWindow.Start, info.SuggestedWindow.End)
	}
	return nil
}

func (w *walk) replace() error {
	name, err := acme.ARIUniqueIdentifier(w.certificate)
	if err != nil {
		return err
	}
	order, err := w.order(name)
	if err != nil {
		return err
	}
	if order.Replaces != name {
		return fmt.Errorf("the order replaces %q", order.Replaces)
	}
	_, err = w.order(name)
	var problem acme.Problem
	if !errors.As(err, &problem) || problem.Type != acme.ProblemTypeAlreadyReplaced {
		return fmt.Errorf("a second order was answered: %v", err)
	}
	return nil
}

func (w *walk) revoke() error {
	if err := w.client.RevokeCertificate(w.ctx, w.account, w.certificate, w.key, acme.ReasonKeyCompromise); err != nil {
		return err
	}
	info, err := w.client.GetRenewalInfo(w.ctx, w.certificate)
	if err != nil {
		return err
	}
	if !info.SuggestedWindow.End.Before(time.Now()) {
		return fmt.Errorf("it is to be renewed from %v to %v", info.SuggestedWindow.Start, info.SuggestedWindow.End)
	}
	return nil
}

func printVersions() {
	info, _ := debug.ReadBuildInfo()
	for _, module := range info.Deps {
		fmt.Println("version", module.Path, module.Version)
	}
}

// acmez DIRECTORY ADDRESS MAILDIR SUBMISSION-SERVER EAB-KID EAB-KEY
func main() {
	printVersions()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	box := &mailbox{address: os.Args[2], maildir: os.Args[3], submission: os.Args[4], answered: map[string]bool{}}
	w := &walk{ctx: ctx, box: box, keyID: os.Args[5], mac: os.Args[6], client: acmez.Client{
		Client:           &acme.Client{Directory: os.Args[1]},
		ChallengeSolvers: map[string]acmez.Solver{"email-reply-00": box},
	}}
	steps := []struct {
		name string
		do   func() error
	}{
		{"an account, bound to an external one", w.register},
		{"its contact changed", w.changeContact},
		{"its key changed", w.changeKey},
		{"its key changed while a challenge mail travelled, the authorization given up", w.changeKeyWhileAMailTravels},
		{"a certificate by email-reply-00", w.obtain},
		{"its renewal window", w.askWhenToRenew},
		{"an order that replaces it, once", w.replace},
		{"its revocation by its own key, a renewal window in the past", w.revoke},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			fmt.Printf("FAILED %s: %v\n", step.name, err)
			os.Exit(1)
		}
		fmt.Println("ok", step.name)
	}
}
