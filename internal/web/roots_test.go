package web

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRootsAddFilesToTheSystem(t *testing.T) {
	ca := newAuthority(t, "Corp CA", "Contoso")
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ca.cert.Raw})
	system, err := x509.SystemCertPool()
	require.NoError(t, err)
	write := func(data []byte) string {
		file := filepath.Join(t.TempDir(), "ca")
		require.NoError(t, os.WriteFile(file, data, 0o600))
		return file
	}
	want := system.Clone()
	want.AddCert(ca.cert)

	tests := []struct {
		name    string
		files   []string
		want    *x509.CertPool
		problem string
	}{
		{name: "no file", want: nil},
		{name: "only empty names", files: []string{"", ""}, want: nil},
		{name: "a PEM file", files: []string{"", write(block)}, want: want},
		{name: "a PEM file with a byte order mark", files: []string{write(append([]byte("\ufeff"), block...))}, want: want},
		{name: "a DER file", files: []string{write(ca.cert.Raw)}, want: want},
		{name: "the same certificate twice", files: []string{write(block), write(ca.cert.Raw)}, want: want},
		{name: "a file that is not there, beside a good one", files: []string{filepath.Join(t.TempDir(), "missing"), write(block)}, want: want, problem: "missing"},
		{name: "a file without a certificate", files: []string{write([]byte("hello"))}, want: system, problem: "contains no certificate"},
		{name: "an empty file", files: []string{write(nil)}, want: system, problem: "contains no certificate"},
		{name: "a directory", files: []string{t.TempDir()}, want: system, problem: "not a regular file"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			roots, err := ReadRoots(tt.files...)
			if tt.problem == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, tt.problem)
			}
			roots.all.read()
			got := roots.all.pool
			if tt.want == nil {
				assert.Nil(t, got)
				return
			}
			assert.True(t, tt.want.Equal(got))
		})
	}
}
