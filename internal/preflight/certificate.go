package preflight

import (
	"context"
	"errors"
	"fmt"
	"time"

	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/diagnosis"
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
	Title: "does the certificate parse, match its key, and is it in date?",
	Needs: []*Check{ConnectionData},
	Codes: []string{"certificate-unreadable", "certificate-key-mismatch", "certificate-expired", "certificate-not-yet-valid", "certificate-expiring"},
	Quiet: "the connection uses no certificate",
	Sends: check.NoRequest,
	Warns: "the certificate ends within expiryWarningDays",
	Run:   runCertificate,
}

func runCertificate(_ context.Context, w *World, s *state) check.Outcome {
	conn, _ := check.FactsOf[connection.Connection](s, ConnectionData)
	if conn.Scheme != connection.ServicePrincipalCertificate {
		return check.NotApplicable("the connection uses no certificate")
	}
	credential, err := connection.ReadCertificate(conn.Certificate)
	if err != nil {
		if unreadable, ok := errors.AsType[*connection.UnreadableError](err); ok {
			return check.Found(finding.New(check.Fail, "certificate-unreadable", diagnosis.Args{"detail": unreadable.Why}))
		}
		return check.Found(finding.New(check.Fail, "certificate-key-mismatch", nil))
	}

	now, from, until := w.Now(), credential.Leaf.NotBefore, credential.Leaf.NotAfter
	days := WholeDays(until.Sub(now))
	facts := CertificateFacts{Credential: credential, Days: days}
	args := diagnosis.Args{"date": until.UTC().Format(time.DateOnly), "days": fmt.Sprint(days)}
	found := func(status check.Status, code diagnosis.Code) check.Outcome {
		o := check.Found(finding.New(status, code, args))
		o.Facts, o.Notes = facts, credential.Notes
		return o
	}
	switch {
	case now.After(until):
		args["days"] = fmt.Sprint(-days)
		return found(check.Fail, "certificate-expired")
	case now.Before(from):
		args["date"] = from.UTC().Format(time.RFC3339)
		return found(check.Fail, "certificate-not-yet-valid")
	case days < w.Inputs.ExpiryErrorDays:
		return found(check.Fail, "certificate-expiring")
	case days < w.Inputs.ExpiryWarningDays:
		return found(check.Warn, "certificate-expiring")
	}
	o := check.Passed(fmt.Sprintf("matches its key, good until %s (%d days)", args["date"], days), facts)
	o.Notes = credential.Notes
	return o
}

// WholeDays leaves the hours off: an hour before the end is day 0.
func WholeDays(d time.Duration) int {
	return int(d / (24 * time.Hour))
}
