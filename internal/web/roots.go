package web

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"io"

	"armpreflight/internal/regular"
)

const rootsFileLimit = 16 << 20 // bytes

// Roots are the certificate authorities that a client trusts. They are read in the background, while the program reads its
// environment and connects: a Linux keeps hundreds of files of them.
type Roots struct {
	pool *x509.CertPool // complete once read is closed; nil: the system's alone
	read chan struct{}
}

// TrustOnly makes Roots of a pool. Nil means the system's.
func TrustOnly(pool *x509.CertPool) *Roots {
	r := &Roots{pool: pool, read: make(chan struct{})}
	close(r.read)
	return r
}

// ReadRoots begins to read the system's certificate authorities, and adds those in the named files
// (Agent.CAInfo, SSL_CERT_FILE, NODE_EXTRA_CA_CERTS), PEM or a single DER
// certificate. Empty names are passed over. A file that can't be used is in
// the error, next to the roots of all others.
func ReadRoots(files ...string) (*Roots, error) {
	r := &Roots{read: make(chan struct{})}
	var named [][]byte
	var problems []error
	for _, file := range files {
		if file == "" {
			continue
		}
		r.pool = x509.NewCertPool()
		data, err := readCertificates(file)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		named = append(named, data)
	}
	go func() {
		defer close(r.read)
		system, err := x509.SystemCertPool() // crypto/x509 keeps it for the handshakes that name no pool
		if r.pool == nil {
			return
		}
		if err != nil {
			system = x509.NewCertPool() // trustsNobody tells
		}
		for _, data := range named {
			addCertificates(system, data)
		}
		*r.pool = *system // the transport has the pointer since it was made
	}()
	return r, errors.Join(problems...)
}

// certificates waits until they are read.
func (r *Roots) certificates() *x509.CertPool {
	<-r.read
	return r.pool
}

// readCertificates reads a file that holds at least one certificate.
func readCertificates(file string) ([]byte, error) {
	f, err := regular.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, rootsFileLimit))
	if err != nil {
		return nil, err
	}
	if !addCertificates(x509.NewCertPool(), data) {
		return nil, fmt.Errorf("%q contains no certificate", file)
	}
	return data, nil
}

// addCertificates adds the certificates of a file to a pool, and reports whether there are any.
func addCertificates(pool *x509.CertPool, data []byte) bool {
	// A byte order mark hides the first certificate from the PEM reader.
	if pool.AppendCertsFromPEM(bytes.TrimPrefix(data, []byte("\ufeff"))) {
		return true
	}
	cert, err := x509.ParseCertificate(data)
	if err == nil {
		pool.AddCert(cert)
	}
	return err == nil
}

// trustsNobody says whether the client has no certificate authority at all: a
// container image without them looks like an inspecting proxy otherwise. The
// system's pool is then empty, without an error. On Windows and macOS the
// platform verifies, and this is false.
func (c *Client) trustsNobody() bool {
	pool := c.config.Roots.certificates()
	if pool == nil {
		var err error
		if pool, err = x509.SystemCertPool(); err != nil {
			return true
		}
	}
	return pool.Equal(x509.NewCertPool())
}
