package cloud

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// clockLeeway is how far an assertion may be off before Entra refuses it.
const clockLeeway = 5 * time.Minute

// tokenExchangeApp is the audience of the ID tokens that Entra issues for Azure DevOps; the federated credential names
// the same resource by its address (gravitational/teleport RFD 211, a decoded token).
const tokenExchangeApp = "fb60f99c-7a34-4190-8149-302f77469936"

// authenticate checks the credential of a token request and returns what appidacr will say.
func (w *World) authenticate(q *call, e Environment, t *Tenant, c client) (acr string, problem *Refusal) {
	switch {
	case q.form.Get("client_assertion") != "":
		if q.form.Get("client_assertion_type") != assertionType {
			return "", new(invalidClient(900144, "The request body must contain the following parameter: 'client_assertion_type'."))
		}
		return "2", w.checkAssertion(q, e, t, c)
	case q.form.Get("client_secret") != "":
		return "1", c.checkSecret(q.form.Get("client_secret"), q.now)
	}
	return "", new(invalidClient(7000216, "'client_assertion', 'client_secret' or 'request' is required for the "+
		"'client_credentials' grant type."))
}

func (c client) checkSecret(value string, now time.Time) *Refusal {
	expired := false
	for _, s := range c.app.Secrets {
		if s.Value != value || value == "" || !s.Starts.IsZero() && now.Before(s.Starts) {
			continue
		}
		if s.Ends.IsZero() || now.Before(s.Ends) {
			return nil
		}
		expired = true
	}
	if expired {
		return new(invalidClient(7000222, "The provided client secret keys for app '%s' are expired. Visit the Azure portal to create "+
			"new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: "+
			"https://aka.ms/certCreds.", c.app.ClientID))
	}
	return new(invalidClient(7000215, "Invalid client secret provided. Ensure the secret being sent in the request is the client secret "+
		"value, not the client secret ID, for a secret added to app '%s'.", c.app.ClientID))
}

// checkAssertion tells a certificate's assertion from a federated one: the first is issued by the client itself.
func (w *World) checkAssertion(q *call, e Environment, t *Tenant, c client) *Refusal {
	a, err := parseToken(q.form.Get("client_assertion"))
	if err != nil {
		return new(invalidClient(50027, "JWT token is invalid or malformed."))
	}
	if a.header.Alg != "PS256" && a.header.Alg != "RS256" {
		return new(invalidClient(5002730, "Invalid JWT token. Unsupported key for the signing algorithm."))
	}
	if strings.HasPrefix(a.claims.Issuer, "https://") {
		return w.checkFederated(q, e, t, c, a)
	}
	return checkCertificate(q, e, t, c, a)
}

func checkCertificate(q *call, e Environment, t *Tenant, c client, a token) *Refusal {
	if !strings.EqualFold(a.claims.Issuer, c.app.ClientID) || !strings.EqualFold(a.claims.Subject, c.app.ClientID) {
		return new(invalidClient(700021, "Client assertion application identifier doesn't match 'client_id' parameter."))
	}
	if len(c.app.Certificates) == 0 {
		return new(invalidClient(700026, "Client application has no configured keys."))
	}
	configured := fmt.Sprintf("Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '%s'",
		c.app.ClientID)
	found, thumbprint := c.registered(a)
	switch {
	case thumbprint == "":
		return new(invalidClient(50027, "Invalid JWT token. No certificate thumbprint specified in token header."))
	case found == nil:
		return new(invalidClient(700027, "The certificate with identifier used to sign the client assertion is not registered on "+
			"application. [Reason - The key was not found., Thumbprint of key used by client: '%s', %s].", thumbprint, configured))
	}
	span := fmt.Sprintf("Found key 'Start=%s, End=%s'", found.Leaf.NotBefore.UTC().Format(usTime), found.Leaf.NotAfter.UTC().Format(usTime))
	key, ok := found.Leaf.PublicKey.(*rsa.PublicKey)
	if !ok || !a.verify(key) {
		return new(invalidClient(700027, "Client assertion failed signature validation. [Reason - The provided signature value did not "+
			"match the expected signature value., Thumbprint of key used by client: '%s', %s, %s].", thumbprint, span, configured))
	}
	if q.now.After(found.Leaf.NotAfter) || q.now.Before(found.Leaf.NotBefore) {
		return new(invalidClient(700027, "Client assertion failed signature validation. [Reason - The key used is expired., "+
			"Thumbprint of key used by client: '%s', %s, %s].", thumbprint, span, configured))
	}
	if !slices.Contains(tokenEndpoints(e, t), string(a.claims.Audience)) {
		return new(invalidClient(700023, "Client assertion audience claim does not match Realm issuer. Review the documentation at "+
			"https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials ."))
	}
	return a.inTime(q.now)
}

const usTime = "01/02/2006 15:04:05"

// registered finds the certificate that the assertion's header names, and the thumbprint in hexadecimal.
func (c client) registered(a token) (*Certificate, string) {
	thumbprint, wide := decodeThumbprint(a.header.X5tS256), true
	if thumbprint == nil {
		thumbprint, wide = decodeThumbprint(a.header.X5t), false
	}
	for i, r := range c.app.Certificates {
		narrowSum, wideSum := sha1.Sum(r.Leaf.Raw), sha256.Sum256(r.Leaf.Raw)
		if wide && bytes.Equal(thumbprint, wideSum[:]) || !wide && bytes.Equal(thumbprint, narrowSum[:]) {
			return &c.app.Certificates[i], strings.ToUpper(hex.EncodeToString(thumbprint))
		}
	}
	return nil, strings.ToUpper(hex.EncodeToString(thumbprint))
}

// decodeThumbprint reads base64url as the standard has it, and base64 with padding as Microsoft's library for Go sends it.
func decodeThumbprint(text string) []byte {
	text = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimRight(text, "="))
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || len(b) == 0 {
		return nil
	}
	return b
}

func tokenEndpoints(e Environment, t *Tenant) []string {
	var all []string
	for _, host := range e.Authorities {
		base := "https://" + host + "/" + t.ID
		all = append(all, base+"/oauth2/v2.0/token", base+"/oauth2/token", base+"/oauth2/token/", base+"/v2.0")
		if e.ADFS {
			all = append(all, "https://"+host+"/adfs/oauth2/token", "https://"+host+"/adfs/oauth2/token/")
		}
	}
	return all
}

// inTime checks nbf and exp by the cloud's clock.
func (a *token) inTime(now time.Time) *Refusal {
	from, to := a.claims.NotBefore.time(), a.claims.Expires.time()
	if now.Before(to.Add(clockLeeway)) && !now.Before(from.Add(-clockLeeway)) {
		return nil
	}
	const stamp = "2006-01-02T15:04:05.0000000Z"
	return new(invalidClient(700024, "Client assertion is not within its valid time range. Current time: %s, assertion valid from %s, "+
		"expiry time of assertion %s. Review the documentation at "+
		"https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials .",
		now.UTC().Format(stamp), from.Format(stamp), to.Format(stamp)))
}
