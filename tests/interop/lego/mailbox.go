// email-reply-00 (RFC 8823 section 3) as a resolver of lego: mails come into a Maildir, replies go to a submission server.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/mail"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-acme/lego/v5/acme"
	"github.com/go-acme/lego/v5/acme/api"
)

const subjectPrefix = "ACME: "

type mailbox struct {
	core                         *api.Core
	address, maildir, submission string
	answered                     map[string]bool // Message-IDs
}

// Solve proves the mailbox for every authorization. The reply goes out before the challenge is posted.
func (m *mailbox) Solve(ctx context.Context, authorizations []acme.Authorization) error {
	for _, authorization := range authorizations {
		if err := m.prove(ctx, authorization); err != nil {
			return err
		}
	}
	return nil
}

func (m *mailbox) prove(ctx context.Context, authorization acme.Authorization) error {
	for _, challenge := range authorization.Challenges {
		if challenge.Type != "email-reply-00" {
			continue
		}
		letter, err := m.waitForChallenge(ctx)
		if err != nil {
			return err
		}
		if err = m.answer(challenge.Token, letter); err != nil {
			return err
		}
		posted, err := m.core.Challenges.New(ctx, challenge.URL)
		if err != nil {
			return err
		}
		return m.waitUntilValid(ctx, posted.AuthorizationURL)
	}
	return fmt.Errorf("there is no email-reply-00 for %s", authorization.Identifier.Value)
}

func (m *mailbox) waitUntilValid(ctx context.Context, url string) error {
	for {
		authorization, err := m.core.Authorizations.Get(ctx, url)
		if err != nil {
			return err
		}
		switch authorization.Status {
		case acme.StatusValid:
			return nil
		case acme.StatusPending:
		default:
			return fmt.Errorf("the authorization is %s", authorization.Status)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (m *mailbox) answer(part2 string, letter *mail.Message) error {
	subject := letter.Header.Get("Subject")
	authorization, err := m.core.GetKeyAuthorization(strings.TrimPrefix(subject, subjectPrefix) + part2)
	if err != nil {
		return err
	}
	to := letter.Header.Get("Reply-To")
	if to == "" {
		to = letter.Header.Get("From")
	}
	recipient, err := mail.ParseAddress(to)
	if err != nil {
		return err
	}
	digest := sha256.Sum256([]byte(authorization))
	text := strings.Join([]string{"From: " + m.address, "To: " + to, "Subject: Re: " + subject,
		"In-Reply-To: " + letter.Header.Get("Message-ID"), "", "-----BEGIN ACME RESPONSE-----",
		base64.RawURLEncoding.EncodeToString(digest[:]), "-----END ACME RESPONSE-----", ""}, "\r\n")
	return smtp.SendMail(m.submission, nil, m.address, []string{recipient.Address}, []byte(text))
}

// waitForChallenge gives the challenge mail that was not answered yet.
func (m *mailbox) waitForChallenge(ctx context.Context) (*mail.Message, error) {
	for {
		if letter, err := m.newChallenge(); letter != nil || err != nil {
			return letter, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("no challenge mail came to %s", m.address)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func (m *mailbox) newChallenge() (*mail.Message, error) {
	files, err := filepath.Glob(filepath.Join(m.maildir, "new", "*"))
	if err != nil {
		return nil, err
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		letter, err := mail.ReadMessage(strings.NewReader(string(text)))
		if err != nil {
			return nil, err
		}
		id := letter.Header.Get("Message-ID")
		if strings.HasPrefix(letter.Header.Get("Subject"), subjectPrefix) && !m.answered[id] {
			m.answered[id] = true
			return letter, nil
		}
	}
	return nil, nil
}
