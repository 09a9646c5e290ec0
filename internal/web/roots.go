package web

import (
	"bytes"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"armpreflight/internal/regular"
)

const rootsFileLimit = 16 << 20 // bytes

// bundles are files in which a Linux keeps its certificate authorities together, as crypto/x509 knows them
// (src/crypto/x509/root_linux.go). It also reads every file of their folder, hundreds of them, which can take longer than
// everything before the first request.
var bundles = []string{"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"}

// bundle has the certificate authorities of the first of them that can be read. It reads once, as crypto/x509 does for the others.
var bundle = sync.OnceValue(func() *x509.CertPool {
	pool := x509.NewCertPool()
	for _, name := range bundles {
		if data, err := readFile(name); err == nil {
			addCertificates(pool, data)
			break
		}
	}
	return pool
})

// Prefetch begins to read the system's certificate authorities. For a process that will call [ReadRoots], and has something else to do
// until then: reading them takes longer than all else before the first handshake.
func Prefetch() { go bundle() }

// Roots are the certificate authorities that a client trusts. Most servers need none beyond the first few.
type Roots struct {
	first *authorities // nil: all are read for every server
	all   *authorities
}

// authorities are certificate authorities that may not be read yet.
type authorities struct {
	pool *x509.CertPool // complete once read was called; nil: the system's, which crypto/x509 reads at the first handshake
	read func()
}

// TrustOnly makes Roots of a pool. Nil means the system's.
func TrustOnly(pool *x509.CertPool) *Roots { return &Roots{all: &authorities{pool, func() {}}} }

// ReadRoots gives the system's certificate authorities and those in the named files
// (Agent.CAInfo, SSL_CERT_FILE, NODE_EXTRA_CA_CERTS), PEM or a single DER
// certificate. Empty names are passed over. A file that can't be used is in
// the error, next to the roots of all others. The system's bundle is read in the background, and the system's other files when a
// server needs them.
func ReadRoots(files ...string) (*Roots, error) {
	roots := TrustOnly(nil)
	var named [][]byte
	var problems []error
	for _, file := range files {
		if file == "" {
			continue
		}
		data, err := readFile(file)
		if err == nil && !addCertificates(x509.NewCertPool(), data) {
			err = fmt.Errorf("%q contains no certificate", file)
		}
		if err != nil {
			problems = append(problems, err)
		}
		named = append(named, data)
	}
	// with makes authorities of a pool and the named files. A transport has the pointer to its pool from the start.
	with := func(system func() *x509.CertPool) *authorities {
		a := &authorities{pool: x509.NewCertPool()}
		a.read = sync.OnceFunc(func() {
			pool := system()
			for _, data := range named {
				addCertificates(pool, data)
			}
			*a.pool = *pool
		})
		return a
	}
	if len(named) > 0 {
		roots.all = with(func() *x509.CertPool {
			pool, err := x509.SystemCertPool()
			if err != nil {
				return x509.NewCertPool() // trustsNobody tells
			}
			return pool
		})
	}
	if slices.ContainsFunc(bundles, func(name string) bool { _, err := os.Stat(name); return err == nil }) {
		roots.first = with(func() *x509.CertPool { return bundle().Clone() })
		go roots.first.read()
	}
	return roots, errors.Join(problems...)
}

func readFile(name string) ([]byte, error) {
	f, err := regular.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	return io.ReadAll(io.LimitReader(f, rootsFileLimit))
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
	c.config.Roots.all.read()
	pool := c.config.Roots.all.pool
	if pool == nil {
		var err error
		if pool, err = x509.SystemCertPool(); err != nil {
			return true
		}
	}
	return pool.Equal(x509.NewCertPool())
}
