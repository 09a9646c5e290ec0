package preflight

import (
	"context"
	"errors"
	"fmt"
	"time"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/finding"
)

// CertificateFacts is what the certificate check leaves for others.
type CertificateFacts struct {
	Credential connection.Credential
	Days       int // whole days until it expires; negative once it has
}

// Certificate judges the connection's certificate without asking anyone: does
// it parse, match its key, and is it in date? Facts: CertificateFacts.
var Certificate = &Check{
	ID:    "certificate",
	Layer: layerConnection,
	Title: "can the certificate be read, does it match its key, and is it valid today?",
	Needs: []*Check{ConnectionData},
	Codes: func() []string {
		return finding.Only(catalogue.CertificateUnreadable, catalogue.CertificateKeyMismatch, catalogue.CertificateExpired, catalogue.CertificateNotYetValid, catalogue.CertificateExpiring)
	},
	Quiet: "the connection doesn't use a certificate",
	Sends: check.NoRequest,
	Warns: "the certificate expires within expiryWarningDays",
	Run:   runCertificate,
}

func runCertificate(_ context.Context, w *World, s *state) check.Outcome {
	conn, _ := check.FactsOf[connection.Connection](s, ConnectionData)
	if conn.Scheme != connection.ServicePrincipalCertificate {
		return check.NotApplicable("the connection doesn't use a certificate")
	}
	credential, err := connection.ReadCertificate(conn.Certificate)
	if err != nil {
		if unreadable, ok := errors.AsType[*connection.UnreadableError](err); ok {
			return check.Found(finding.New(check.Fail, facts.CertificateUnreadable{Detail: unreadable.Why}))
		}
		return check.Found(finding.New(check.Fail, catalogue.CertificateKeyMismatch))
	}

	now, from, until := w.Now(), credential.Leaf.NotBefore, credential.Leaf.NotAfter
	days := WholeDays(until.Sub(now))
	left := CertificateFacts{Credential: credential, Days: days}
	found := func(status check.Status, known finding.Coded) check.Outcome {
		o := check.Found(finding.New(status, known))
		o.Facts, o.Notes = left, credential.Notes
		return o
	}
	expiring := Expiring(conn.Scheme, until, now)
	switch {
	case now.After(until):
		return found(check.Fail, Expired(conn.Scheme, until, now))
	case now.Before(from):
		return found(check.Fail, facts.CertificateNotYetValid{Date: from})
	case days < w.Inputs.ExpiryErrorDays:
		return found(check.Fail, failsNow(expiring))
	case days < w.Inputs.ExpiryWarningDays:
		return found(check.Warn, expiring)
	}
	o := check.Passed(fmt.Sprintf("matches its key, valid until %s (%s)", until.UTC().Format(time.DateOnly), facts.Days(days)), left)
	o.Notes = credential.Notes
	return o
}

// WholeDays leaves the hours off: an hour before the end is day 0.
func WholeDays(d time.Duration) int {
	return int(d / (24 * time.Hour))
}
