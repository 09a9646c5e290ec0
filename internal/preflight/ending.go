package preflight

import (
	"time"

	"armpreflight/internal/catalogue/facts"
	"armpreflight/internal/connection"
	"armpreflight/internal/finding"
)

// The findings of what ends on a day. A run and an audit's forecast both get them here, so that they name a date in the same words.

// Expiring is the finding of the credential of a connection with a key or a certificate, which is valid until a moment.
func Expiring(scheme connection.Scheme, until, now time.Time) finding.Coded {
	days := WholeDays(until.Sub(now))
	if scheme == connection.ServicePrincipalCertificate {
		return facts.CertificateExpiring{Date: until, Days: &days}
	}
	return facts.SecretExpiring{Date: until, Days: &days}
}

// failsNow marks an ending that fails the step before it has come.
func failsNow(ending finding.Coded) finding.Coded {
	switch ending := ending.(type) {
	case facts.SecretExpiring:
		ending.Failing = true
		return ending
	case facts.CertificateExpiring:
		ending.Failing = true
		return ending
	}
	return ending
}

// Expired is the finding of such a credential that was valid until a moment.
func Expired(scheme connection.Scheme, until, now time.Time) finding.Coded {
	days := WholeDays(now.Sub(until))
	if scheme == connection.ServicePrincipalCertificate {
		return facts.CertificateExpired{Date: until, Days: &days}
	}
	return facts.SecretExpired{Date: until, Days: &days}
}

// ExpiringAsGiven is the finding of a secret whose day is in the input credentialExpiresOn. until is the first moment after that day.
func ExpiringAsGiven(until, now time.Time) finding.Coded {
	days := WholeDays(until.Sub(now))
	return facts.SecretExpiring{Date: until.AddDate(0, 0, -1), Days: &days, Given: true}
}

// RetiringIssuer is the finding of the Azure DevOps issuer. It counts the days down as long as there are any.
func RetiringIssuer(now time.Time) facts.IssuerRetiring {
	known := facts.IssuerRetiring{Date: OldIssuerEnds}
	if left := OldIssuerEnds.Sub(now); left > 0 {
		known.Days = new(WholeDays(left))
	}
	return known
}
