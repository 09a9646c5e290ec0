package audit

import (
	"testing"
	"time"

	"armpreflight/internal/connection"
	"armpreflight/internal/diagnosis"

	"github.com/stretchr/testify/assert"
)

func TestTheEndOfACredentialIsCountedFromToday(t *testing.T) {
	now := time.Date(2026, time.December, 23, 12, 0, 0, 0, time.UTC)
	before, after := now.AddDate(0, 0, -30), now.AddDate(0, 0, 5)
	over := expired(connection.ServicePrincipalCertificate, before, now)
	assert.Equal(t, "the certificate of the connection expired on 2026-11-23 (30 days ago)", diagnosis.Explain(over.Code(), diagnosis.Situation{}, over, nil).Headline)
	soon := expiring(connection.ServicePrincipalKey, after, now)
	assert.Contains(t, diagnosis.Explain(soon.Code(), diagnosis.Situation{}, soon, nil).Headline, "2026-12-28")
	assert.Equal(t, diagnosis.Code("secret-expired"), expired(connection.ServicePrincipalKey, before, now).Code())
	assert.Equal(t, diagnosis.Code("certificate-expiring"), expiring(connection.ServicePrincipalCertificate, after, now).Code())
}
