package cloud

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"sync"
	"time"
)

// The keys are derived from fixed words: tokens, thumbprints and with them golden reports stay the same from run to run.
// They guard nothing.
var (
	entraKey   = sync.OnceValue(func() *rsa.PrivateKey { return NewKey("Microsoft Entra") })
	devopsKey  = sync.OnceValue(func() *rsa.PrivateKey { return NewKey("Azure DevOps") })
	contosoKey = sync.OnceValue(func() *rsa.PrivateKey { return NewKey("Contoso") })
)

// NewKey derives an RSA key of 2048 bits from a word: the same word, the same key.
func NewKey(word string) *rsa.PrivateKey {
	e := big.NewInt(65537)
	p, q := derivedPrime(word+" p", e), derivedPrime(word+" q", e)
	one := big.NewInt(1)
	phi := new(big.Int).Mul(new(big.Int).Sub(p, one), new(big.Int).Sub(q, one))
	key := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: new(big.Int).Mul(p, q), E: int(e.Int64())},
		D:         new(big.Int).ModInverse(e, phi),
		Primes:    []*big.Int{p, q},
	}
	key.Precompute()
	return key
}

// derivedPrime is the first prime of 1024 bits at or after a number derived from the word, coprime to e.
func derivedPrime(word string, e *big.Int) *big.Int {
	var bytes []byte
	for block := range 4 {
		sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", word, block))
		bytes = append(bytes, sum[:]...)
	}
	bytes[0] |= 0xC0 // two top bits, so that the product has 2048 bits
	bytes[len(bytes)-1] |= 1
	n, two, one, rest := new(big.Int).SetBytes(bytes), big.NewInt(2), big.NewInt(1), new(big.Int)
	for ; ; n.Add(n, two) {
		if n.ProbablyPrime(0) && rest.Mod(rest.Sub(n, one), e).Sign() != 0 {
			return n
		}
	}
}

// certificates are those that NewCertificate has made: signing one takes longer than the rest of a world.
var certificates sync.Map

// NewCertificate signs a certificate with its own key and returns it with the PEM text that a connection stores: private
// key (PKCS#8) and certificate. Callers share a certificate and don't change it.
func NewCertificate(key *rsa.PrivateKey, name string, from, to time.Time) (leaf *x509.Certificate, text string) {
	type made struct {
		leaf *x509.Certificate
		text string
	}
	id := fmt.Sprintln(key.N, name, from.Unix(), to.Unix())
	if found, ok := certificates.Load(id); ok {
		return found.(made).leaf, found.(made).text
	}
	defer func() { certificates.Store(id, made{leaf, text}) }()
	serial := sha1.Sum(fmt.Appendf(nil, "%s %d %d", name, from.Unix(), to.Unix()))
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial[:16]), Subject: pkix.Name{CommonName: name},
		NotBefore: from.UTC(), NotAfter: to.UTC(), KeyUsage: x509.KeyUsageDigitalSignature,
		SignatureAlgorithm: x509.SHA256WithRSA,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(fmt.Sprintf("sign the certificate of %s: %v", name, err)) // only a broken template can do this
	}
	leaf, err = x509.ParseCertificate(der)
	if err != nil {
		panic(fmt.Sprintf("read back the certificate of %s: %v", name, err))
	}
	return leaf, KeyPEM(key) + string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

// KeyPEM is a private key as a PKCS#8 block.
func KeyPEM(key crypto.PrivateKey) string {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(fmt.Sprintf("encode a key: %v", err))
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}
