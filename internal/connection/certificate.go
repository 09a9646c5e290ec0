package connection

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"

	"armpreflight/internal/secret"
)

// Credential is what the certificate of a connection holds, ready for azidentity.NewClientCertificateCredential.
type Credential struct {
	Leaf  *x509.Certificate   // the one that the key belongs to
	Chain []*x509.Certificate // Leaf first, then the others in the order of the text
	Key   crypto.PrivateKey   // an *rsa.PrivateKey

	// Notes are sentences on what is unusual though it was readable, without a full stop: a layout that was put right
	// here and that other tasks may refuse, a short key, the leaf not being the first certificate. Mostly nil.
	Notes []string
}

// UnreadableError says why a certificate text can't be used. It holds no part of the text.
type UnreadableError struct {
	Why string // a sentence without a full stop
}

func (e *UnreadableError) Error() string { return "the certificate can't be used: " + e.Why }

// KeyMismatchError says that the private key belongs to none of the certificates next to it.
type KeyMismatchError struct {
	Certificates int // how many there are, at least one
}

func (e *KeyMismatchError) Error() string {
	if e.Certificates == 1 {
		return "the private key doesn't belong to the certificate"
	}
	return fmt.Sprintf("the private key doesn't belong to any of the %d certificates", e.Certificates)
}

const (
	// leastBits is what crypto/rsa signs with; below it the key is of no use to anyone here.
	leastBits = 1024
	// usualBits is what Microsoft recommends for the certificate of an application; Entra accepts less.
	usualBits = 2048
)

// ReadCertificate reads the PEM text of a connection: one private key and one or more certificates, in any order. Dates
// are for the caller to judge. The error is an *UnreadableError or a *KeyMismatchError.
//
// Only RSA keys serve: the SDK signs client assertions with nothing else (microsoft-authentication-library-for-go
// apps/confidential). The field has no place for a password, so an encrypted key is of no use either.
func ReadCertificate(pem secret.Text) (Credential, error) {
	text := pem.Reveal()
	if len(text) > maxPEM {
		return Credential{}, &UnreadableError{Why: "it's larger than 256 KiB"}
	}
	blocks, notes, err := readPEM(text)
	if err != nil {
		return Credential{}, err
	}
	key, err := oneKey(blocks)
	if err != nil {
		return Credential{}, err
	}
	certificates, err := allCertificates(blocks)
	if err != nil {
		return Credential{}, err
	}
	if why := missing(key != nil, len(certificates) > 0, blocks); why != "" {
		return Credential{}, &UnreadableError{Why: why}
	}
	leaf := slices.IndexFunc(certificates, func(c *x509.Certificate) bool { return key.PublicKey.Equal(c.PublicKey) })
	if leaf < 0 {
		return Credential{}, &KeyMismatchError{Certificates: len(certificates)}
	}
	if leaf > 0 {
		notes = append(notes, fmt.Sprintf("the key belongs to certificate %d of %d; tasks of Azure Pipelines send the thumbprint of the first",
			leaf+1, len(certificates)))
	}
	if bits := key.N.BitLen(); bits < usualBits {
		notes = append(notes, fmt.Sprintf("the RSA key has %d bits; Microsoft recommends %d or more", bits, usualBits))
	}
	credential := Credential{Leaf: certificates[leaf], Key: key, Notes: notes}
	credential.Chain = append(credential.Chain, credential.Leaf)
	credential.Chain = append(credential.Chain, certificates[:leaf]...)
	credential.Chain = append(credential.Chain, certificates[leaf+1:]...)
	return credential, nil
}

// allCertificates parses every certificate of the text.
func allCertificates(blocks []pemBlock) ([]*x509.Certificate, error) {
	var certificates []*x509.Certificate
	for _, block := range blocks {
		if block.kind != "CERTIFICATE" && block.kind != "X509 CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.der)
		if err != nil {
			return nil, &UnreadableError{Why: fmt.Sprintf("certificate %d is damaged and can't be read", len(certificates)+1)}
		}
		certificates = append(certificates, certificate)
	}
	return certificates, nil
}

// oneKey finds the one private key, nil when there is none. The same key given twice counts once.
func oneKey(blocks []pemBlock) (*rsa.PrivateKey, error) {
	var keys []*rsa.PrivateKey
	for _, block := range blocks {
		if !strings.HasSuffix(block.kind, "PRIVATE KEY") {
			continue
		}
		key, why := rsaKey(block)
		if why != "" {
			return nil, &UnreadableError{Why: why}
		}
		if !slices.ContainsFunc(keys, func(other *rsa.PrivateKey) bool { return other.Equal(key) }) {
			keys = append(keys, key)
		}
	}
	switch len(keys) {
	case 0:
		return nil, nil
	case 1:
		return keys[0], nil
	default:
		return nil, &UnreadableError{Why: fmt.Sprintf("it contains %d private keys; it can contain only one", len(keys))}
	}
}

// rsaKey parses a key block or names what it is instead. Error texts of crypto/x509 stay out: they may quote the input.
func rsaKey(block pemBlock) (key *rsa.PrivateKey, why string) {
	const needsRSA = "; only RSA keys can sign in to Microsoft Entra here"
	switch {
	case block.encrypted || block.kind == "ENCRYPTED PRIVATE KEY":
		return nil, "its private key is encrypted, and a service connection has no field for the password"
	case block.kind == "EC PRIVATE KEY":
		return nil, "its private key is an elliptic curve key" + needsRSA
	case block.kind == "DSA PRIVATE KEY":
		return nil, "its private key is a DSA key" + needsRSA
	case block.kind == "OPENSSH PRIVATE KEY":
		return nil, "its private key is in OpenSSH format; use PKCS#8 or PKCS#1"
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.der)
	if err != nil {
		if parsed, err = x509.ParsePKCS1PrivateKey(block.der); err != nil {
			return nil, "its private key is damaged and can't be read"
		}
	}
	switch key := parsed.(type) {
	case *rsa.PrivateKey:
		if bits := key.N.BitLen(); bits < leastBits {
			return nil, fmt.Sprintf("its RSA key has only %d bits; it needs %d or more", bits, usualBits)
		}
		return key, ""
	case *ecdsa.PrivateKey, *ecdh.PrivateKey:
		return nil, "its private key is an elliptic curve key" + needsRSA
	case ed25519.PrivateKey:
		return nil, "its private key is an Ed25519 key" + needsRSA
	default:
		return nil, "its private key is of an unknown kind" + needsRSA
	}
}

// missing says which half isn't there, and what is there instead; "" when both are.
func missing(key, certificate bool, blocks []pemBlock) string {
	var kinds []string
	for _, block := range blocks {
		if name := kindName(block.kind); !slices.Contains(kinds, name) {
			kinds = append(kinds, name)
		}
	}
	found := "; found: " + strings.Join(kinds, ", ")
	switch {
	case !key && !certificate:
		return "it contains neither a certificate nor a private key" + found
	case !key:
		return "it contains no private key" + found
	case !certificate:
		return "it contains no certificate" + found
	default:
		return ""
	}
}
