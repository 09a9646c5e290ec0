package connection

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"armpreflight/internal/secret"
)

// MaxToken is the largest token that is read, used and kept out of the log, in bytes; an access token with many groups has a
// few thousand. What is larger fits into no header of a request, and searching for it would take long.
const MaxToken = 64 << 10

// Claims are what a token says about itself. Nothing vouches for them: the signature isn't checked, so they are good
// for explaining and for nothing else. An absent claim, or one of another type than is due, is empty.
type Claims struct {
	Issuer, Subject              string
	Audience                     []string
	IssuedAt, NotBefore, Expires time.Time // UTC, whole seconds; zero when absent
	TenantID                     string    // tid
	ObjectID                     string    // oid
	AppID                        string    // azp (v2 tokens) or appid (v1)
	IdentityResource             string    // xms_mirid: the ARM ID of a managed identity
	Roles                        []string  // application permissions
}

// DecodeToken reads the claims of a signed JWT. No error text holds a part of it. A token may also be opaque, which isn't a
// fault: an error then only means that there is nothing to read.
func DecodeToken(jwt secret.Text) (Claims, error) {
	token := strings.TrimSpace(jwt.Reveal())
	switch {
	case token == "":
		return Claims{}, errors.New("the token is empty")
	case len(token) > MaxToken:
		return Claims{}, errors.New("the token is larger than 64 KiB")
	}
	switch strings.Count(token, ".") {
	case 2:
	case 4:
		return Claims{}, errors.New("the token is encrypted")
	default:
		return Claims{}, errors.New("the token isn't a JWT: it doesn't have three parts")
	}
	_, rest, _ := strings.Cut(token, ".")
	payload, _, _ := strings.Cut(rest, ".")
	body, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(payload, "="))
	if err != nil {
		return Claims{}, errors.New("the token isn't a JWT: its second part isn't base64url")
	}
	// A map, since encoding/json would match a struct's names in any letter case.
	var claims map[string]json.RawMessage
	if err := json.Unmarshal(body, &claims); err != nil || claims == nil {
		return Claims{}, errors.New("the token isn't a JWT: its second part isn't a JSON object")
	}
	c := Claims{
		Issuer:           claimText(claims["iss"]),
		Subject:          claimText(claims["sub"]),
		Audience:         claimTexts(claims["aud"]),
		IssuedAt:         claimTime(claims["iat"]),
		NotBefore:        claimTime(claims["nbf"]),
		Expires:          claimTime(claims["exp"]),
		TenantID:         claimText(claims["tid"]),
		ObjectID:         claimText(claims["oid"]),
		AppID:            claimText(claims["azp"]),
		IdentityResource: claimText(claims["xms_mirid"]),
		Roles:            claimList(claims["roles"]),
	}
	if c.AppID == "" {
		c.AppID = claimText(claims["appid"])
	}
	return c, nil
}

func claimText(claim json.RawMessage) string {
	var value string
	if json.Unmarshal(claim, &value) != nil {
		return ""
	}
	return value
}

// claimTexts reads a claim that may be one text or several (RFC 7519, section 4.1.3).
func claimTexts(claim json.RawMessage) []string {
	if value := claimText(claim); value != "" {
		return []string{value}
	}
	return claimList(claim)
}

func claimList(claim json.RawMessage) []string {
	var values []string
	if json.Unmarshal(claim, &values) != nil {
		return nil
	}
	return values
}

// claimTime reads seconds since 1970, with a fraction or as a text too. What is outside the years that a time can print is
// as good as absent.
func claimTime(claim json.RawMessage) time.Time {
	seconds, err := strconv.ParseFloat(strings.Trim(string(claim), `"`), 64)
	const year9999 = 253402300799
	if err != nil || math.IsNaN(seconds) || seconds <= 0 || seconds > year9999 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}
