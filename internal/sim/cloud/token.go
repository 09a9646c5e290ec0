package cloud

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"strings"
	"sync"
	"time"
)

// token is a JSON web token taken apart, its signature not yet checked.
type token struct {
	header struct {
		Alg     string `json:"alg"`
		X5t     string `json:"x5t"`
		X5tS256 string `json:"x5t#S256"`
	}
	claims    claims
	signed    string
	signature []byte
}

// claims are those that this cloud writes or reads.
type claims struct {
	Audience   audience `json:"aud,omitempty"`
	Issuer     string   `json:"iss,omitempty"`
	Subject    string   `json:"sub,omitempty"`
	IssuedAt   unix     `json:"iat,omitempty"`
	NotBefore  unix     `json:"nbf,omitempty"`
	Expires    unix     `json:"exp,omitempty"`
	AppID      string   `json:"appid,omitempty"`
	AppIDACR   string   `json:"appidacr,omitempty"` // "1" secret, "2" certificate or assertion
	AZP        string   `json:"azp,omitempty"`
	IDType     string   `json:"idtyp,omitempty"`
	ObjectID   string   `json:"oid,omitempty"`
	TenantID   string   `json:"tid,omitempty"`
	Roles      []string `json:"roles,omitempty"`
	ResourceID string   `json:"xms_mirid,omitempty"`
	UniqueID   string   `json:"uti,omitempty"`
	JTI        string   `json:"jti,omitempty"`
	Version    string   `json:"ver,omitempty"`
	OrgID      string   `json:"org_id,omitempty"`
	ProjectID  string   `json:"prj_id,omitempty"`
	UPN        string   `json:"upn,omitempty"`
	Scope      string   `json:"scp,omitempty"`
}

// audience reads a string or a list of one.
type audience string

func (a *audience) UnmarshalJSON(b []byte) error {
	var list []string
	if json.Unmarshal(b, &list) == nil && len(list) == 1 {
		*a = audience(list[0])
		return nil
	}
	return json.Unmarshal(b, (*string)(a))
}

// unix is a time in seconds, written as an integer and read as any number.
type unix int64

func (u *unix) UnmarshalJSON(b []byte) error {
	var f float64
	err := json.Unmarshal(b, &f)
	*u = unix(f)
	return err
}

func seconds(t time.Time) unix { return unix(t.Unix()) }

func (u unix) time() time.Time { return time.Unix(int64(u), 0).UTC() }

// signatures are those of the tokens that sign has made, by key and text: worlds of the same made-up time issue the same tokens.
var signatures sync.Map

// sign writes a token with RS256, whose signatures are the same every time.
func sign(key *rsa.PrivateKey, c claims) string {
	header, err := json.Marshal(map[string]string{"typ": "JWT", "alg": "RS256", "kid": keyID(&key.PublicKey)})
	if err != nil {
		panic(err)
	}
	payload, err := json.Marshal(c)
	if err != nil {
		panic(err)
	}
	signed := base64.RawURLEncoding.EncodeToString(header) + "." + base64.RawURLEncoding.EncodeToString(payload)
	sum := sha256.Sum256([]byte(signed))
	type of struct {
		key *rsa.PrivateKey
		sum [sha256.Size]byte
	}
	signature, ok := signatures.Load(of{key, sum})
	if !ok {
		made, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
		if err != nil {
			panic(err) // only a broken key can do this
		}
		signature = base64.RawURLEncoding.EncodeToString(made)
		signatures.Store(of{key, sum}, signature)
	}
	return signed + "." + signature.(string)
}

func keyID(key *rsa.PublicKey) string {
	sum := sha1.Sum(key.N.Bytes())
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

var errNotToken = errors.New("not a signed token")

func parseToken(text string) (token, error) {
	var t token
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return t, errNotToken
	}
	header, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil || json.Unmarshal(header, &t.header) != nil {
		return t, errNotToken
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(payload, &t.claims) != nil {
		return t, errNotToken
	}
	if t.signature, err = base64.RawURLEncoding.DecodeString(parts[2]); err != nil {
		return t, errNotToken
	}
	t.signed = parts[0] + "." + parts[1]
	return t, nil
}

// verify checks the signature: RS256, or PS256 with a salt as long as the hash (RFC 7518 §3.5).
func (t *token) verify(key *rsa.PublicKey) bool {
	sum := sha256.Sum256([]byte(t.signed))
	switch t.header.Alg {
	case "RS256":
		return rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], t.signature) == nil
	case "PS256":
		options := &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash}
		return rsa.VerifyPSS(key, crypto.SHA256, sum[:], t.signature, options) == nil
	}
	return false
}

// jwks is a key as its issuer publishes it.
func jwks(key *rsa.PublicKey) object {
	encode := base64.RawURLEncoding.EncodeToString
	return object{"keys": []object{{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": keyID(key),
		"n": encode(key.N.Bytes()), "e": encode(big.NewInt(int64(key.E)).Bytes())}}}
}
