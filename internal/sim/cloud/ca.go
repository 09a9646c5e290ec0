package cloud

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"sync"
	"time"
)

// ca issues certificates for the host names that are requested. Its keys live as long as it does.
type ca struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey // for the authority and for every leaf: nothing here is worth a key of its own

	mu     sync.Mutex
	issued map[string]*tls.Certificate
	serial int64
}

// The span is wide, so that a client with another clock (fake time starts in 2000) still finds the certificates in date.
var (
	caFrom = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)
	caTo   = time.Date(2120, 1, 1, 0, 0, 0, 0, time.UTC)
)

func newCA(name string) (*ca, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make the simulated authority's key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name, Organization: []string{"ARM Preflight simulation"}},
		NotBefore: caFrom, NotAfter: caTo, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, fmt.Errorf("sign the simulated authority: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("read back the simulated authority: %w", err)
	}
	return &ca{cert: cert, key: key, issued: map[string]*tls.Certificate{}, serial: 1}, nil
}

func (a *ca) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})
}

// leaf is the certificate for a host, made once.
func (a *ca) leaf(host string, from, to time.Time) (*tls.Certificate, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	name := host + " " + to.String()
	if known := a.issued[name]; known != nil {
		return known, nil
	}
	a.serial++
	template := &x509.Certificate{
		SerialNumber: big.NewInt(a.serial), Subject: pkix.Name{CommonName: host}, NotBefore: from, NotAfter: to,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if ip := net.ParseIP(host); ip != nil {
		template.IPAddresses = []net.IP{ip}
	} else {
		template.DNSNames = []string{host}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, &a.key.PublicKey, a.key)
	if err != nil {
		return nil, fmt.Errorf("issue a certificate for %s: %w", host, err)
	}
	a.issued[name] = &tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: a.key}
	return a.issued[name], nil
}
