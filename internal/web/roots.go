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

// Roots gives the system's certificate authorities and those in the named files
// (Agent.CAInfo, SSL_CERT_FILE, NODE_EXTRA_CA_CERTS), PEM or a single DER
// certificate. Empty names are passed over; nil without an error means that no
// file was named, so the system's alone count. A file that can't be used is in
// the error, next to a pool of all others.
func Roots(files ...string) (*x509.CertPool, error) {
	var pool *x509.CertPool
	var problems []error
	for _, file := range files {
		if file == "" {
			continue
		}
		if pool == nil {
			var err error
			if pool, err = x509.SystemCertPool(); err != nil {
				pool = x509.NewCertPool()
				problems = append(problems, err)
			}
		}
		if err := addRoots(pool, file); err != nil {
			problems = append(problems, err)
		}
	}
	return pool, errors.Join(problems...)
}

func addRoots(pool *x509.CertPool, file string) error {
	f, err := regular.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, rootsFileLimit))
	if err != nil {
		return err
	}
	// A byte order mark hides the first certificate from the PEM reader.
	if pool.AppendCertsFromPEM(bytes.TrimPrefix(data, []byte("\ufeff"))) {
		return nil
	}
	cert, err := x509.ParseCertificate(data)
	if err != nil {
		return fmt.Errorf("%q contains no certificate", file)
	}
	pool.AddCert(cert)
	return nil
}

// trustsNobody says whether the client has no certificate authority at all: a
// container image without them looks like an inspecting proxy otherwise. The
// system's pool is then empty, without an error. On Windows and macOS the
// platform verifies, and this is false.
func (c *Client) trustsNobody() bool {
	pool := c.config.Roots
	if pool == nil {
		var err error
		if pool, err = x509.SystemCertPool(); err != nil {
			return true
		}
	}
	return pool.Equal(x509.NewCertPool())
}
