package preflight

import (
	"testing"
	"time"

	"armpreflight/internal/connection"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/finding"

	"github.com/stretchr/testify/assert"
)

func TestAnEndIsCountedFromToday(t *testing.T) {
	now := time.Date(2026, time.December, 23, 12, 0, 0, 0, time.UTC)
	const key, certificate = connection.ServicePrincipalKey, connection.ServicePrincipalCertificate
	for want, ending := range map[string]finding.Coded{
		"the client secret of the connection expires on 2026-12-28, in 5 days":                                             Expiring(key, now.AddDate(0, 0, 5), now),
		"the client secret of the connection expires on 2026-12-23, in less than a day":                                    Expiring(key, now.Add(time.Hour), now),
		"the client secret of the connection expires on 2026-12-28, in 5 days, according to the input credentialExpiresOn": ExpiringAsGiven(time.Date(2026, time.December, 29, 0, 0, 0, 0, time.UTC), now),
		"the certificate of the connection expires on 2026-12-24, in 1 day":                                                Expiring(certificate, now.AddDate(0, 0, 1), now),
		"the certificate of the connection expired on 2026-11-23 (30 days ago)":                                            Expired(certificate, now.AddDate(0, 0, -30), now),
		"the connection uses the Azure DevOps issuer, which retires on July 1, 2027 (in 189 days)":                         RetiringIssuer(now),
		"the connection uses the Azure DevOps issuer, which retires on July 1, 2027 (in less than a day)":                  RetiringIssuer(OldIssuerEnds.Add(-time.Hour)),
		"the connection uses the Azure DevOps issuer, which retires on July 1, 2027":                                       RetiringIssuer(OldIssuerEnds),
	} {
		assert.Equal(t, want, diagnosis.Explain(ending.Code(), diagnosis.Situation{}, ending, nil).Headline)
	}
	assert.Equal(t, diagnosis.Code("secret-expired"), Expired(key, now, now).Code())
}
