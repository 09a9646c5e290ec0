package connection

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"armpreflight/internal/secret"
)

func newRSA(t testing.TB, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	require.NoError(t, err)
	return key
}

func certificatePEM(t testing.TB, name string, key crypto.Signer) string {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		NotBefore: time.Unix(1_700_000_000, 0), NotAfter: time.Unix(1_800_000_000, 0)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	return block("CERTIFICATE", der)
}

func pkcs8(t testing.TB, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	return block("PRIVATE KEY", der)
}

func block(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func inUTF16(text string, littleEndian, mark bool) string {
	var out bytes.Buffer
	units := utf16.Encode([]rune(text))
	if mark {
		units = append([]uint16{0xfeff}, units...)
	}
	for _, unit := range units {
		if littleEndian {
			out.Write([]byte{byte(unit), byte(unit >> 8)})
		} else {
			out.Write([]byte{byte(unit >> 8), byte(unit)})
		}
	}
	return out.String()
}

func TestReadCertificateReadsWhatIsWellFormed(t *testing.T) {
	key := newRSA(t, 2048)
	cert, private := certificatePEM(t, "leaf", key), pkcs8(t, key)
	pkcs1 := block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(key))
	for name, text := range map[string]string{
		"key first":                   private + cert,
		"certificate first":           cert + private,
		"PKCS#1":                      cert + pkcs1,
		"PKCS#1 under the other name": cert + strings.ReplaceAll(pkcs1, "RSA PRIVATE", "PRIVATE"),
		"PKCS#8 under the other name": cert + strings.ReplaceAll(private, "PRIVATE", "RSA PRIVATE"),
		"the former name":             strings.ReplaceAll(cert, "CERTIFICATE", "X509 CERTIFICATE") + private,
		"CRLF":                        strings.ReplaceAll(private+cert, "\n", "\r\n"),
		"no line break at the end":    strings.TrimSpace(private + cert),
		"bag attributes":              "Bag Attributes\n    localKeyID: 01\nsubject=CN = leaf\n" + cert + "Key Attributes: <No Attributes>\n" + private,
		"the same key twice":          private + cert + pkcs1,
		"a public key beside it":      private + cert + block("PUBLIC KEY", []byte("x")),
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ReadCertificate(secret.New(text))
			require.NoError(t, err)
			assert.Equal(t, "leaf", got.Leaf.Subject.CommonName)
			assert.Len(t, got.Chain, 1)
			assert.True(t, key.Equal(got.Key))
			assert.Empty(t, got.Notes)
		})
	}
}

func TestReadCertificatePutsALostLayoutRight(t *testing.T) {
	key := newRSA(t, 2048)
	text := pkcs8(t, key) + certificatePEM(t, "leaf", key)
	const layout = "the text has lost its line breaks or its lines are indented; other tools might not be able to read it"
	for name, test := range map[string]struct {
		text string
		want []string
	}{
		"blanks for line breaks":        {strings.ReplaceAll(text, "\n", " "), []string{layout}},
		"no line breaks":                {strings.ReplaceAll(text, "\n", ""), []string{layout}},
		"indented":                      {"    " + strings.ReplaceAll(text, "\n", "\n    "), []string{layout}},
		"carriage returns alone":        {strings.ReplaceAll(text, "\n", "\r"), []string{layout}},
		"in quotes":                     {`"` + text + `"`, []string{layout}},
		`\n for line breaks`:            {strings.ReplaceAll(text, "\n", `\n`), []string{`line breaks were written as the two characters \n`}},
		`\r\n for line breaks`:          {strings.ReplaceAll(text, "\n", `\r\n`), []string{`line breaks were written as the two characters \n`}},
		"a byte order mark":             {"\ufeff" + text, []string{"the text began with a byte order mark, which some tools don't skip"}},
		"UTF-16, little-endian, marked": {inUTF16(text, true, true), []string{"the text was UTF-16 instead of plain ASCII"}},
		"UTF-16, big-endian, marked":    {inUTF16(text, false, true), []string{"the text was UTF-16 instead of plain ASCII"}},
		"UTF-16, little-endian":         {inUTF16(text, true, false), []string{"the text was UTF-16 instead of plain ASCII"}},
		"UTF-16, big-endian":            {inUTF16(text, false, false), []string{"the text was UTF-16 instead of plain ASCII"}},
		"base64 of the text":            {base64.StdEncoding.EncodeToString([]byte(text)), []string{"the PEM text was encoded as base64 again"}},
		"base64url without padding":     {base64.RawURLEncoding.EncodeToString([]byte(text + "x")), []string{"the PEM text was encoded as base64 again"}},
		"base64 of UTF-16":              {base64.StdEncoding.EncodeToString([]byte(inUTF16(text, true, true))), []string{"the PEM text was encoded as base64 again"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ReadCertificate(secret.New(test.text))
			require.NoError(t, err)
			assert.True(t, key.Equal(got.Key))
			assert.Equal(t, test.want, got.Notes)
		})
	}
}

func TestReadCertificateNamesWhatItCannotUse(t *testing.T) {
	key := newRSA(t, 2048)
	cert, private := certificatePEM(t, "leaf", key), pkcs8(t, key)
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	curveDER, err := x509.MarshalECPrivateKey(curve)
	require.NoError(t, err)
	agreement, err := ecdh.X25519().GenerateKey(rand.Reader)
	require.NoError(t, err)
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	der, _ := pem.Decode([]byte(cert))
	const needsRSA = "; only RSA keys can sign in to Microsoft Entra here"
	for name, test := range map[string]struct{ text, want string }{
		"nothing":                   {"", "it's empty"},
		"blanks":                    {" \n", "it's empty"},
		"a sentence":                {"see the key vault", "it has no BEGIN line, so it isn't PEM"},
		"a path":                    {"/secure/files/cert.pem", "it has no BEGIN line, so it isn't PEM"},
		"four hyphens":              {strings.ReplaceAll(cert+private, "-----", "----"), "its BEGIN line is damaged: it needs five plain hyphens on either side"},
		"dashes of a typewriter":    {strings.ReplaceAll(cert+private, "-----", "–––––"), "its BEGIN line is damaged: it needs five plain hyphens on either side"},
		"binary":                    {string(der.Bytes), "it's a binary file (DER or PKCS#12), not PEM"},
		"base64 of binary":          {base64.StdEncoding.EncodeToString(der.Bytes), "it's base64 without BEGIN and END lines: a PKCS#12 (PFX) file, or a bare certificate or key"},
		"too large":                 {strings.Repeat("x", maxPEM+1), "it's larger than 256 KiB"},
		"an encrypted key":          {cert + block("ENCRYPTED PRIVATE KEY", []byte("x")), "its private key is encrypted, and a service connection has no field for the password"},
		"a key encrypted long ago":  {cert + "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n", "its private key is encrypted, and a service connection has no field for the password"},
		"an EC key":                 {certificatePEM(t, "curve", curve) + block("EC PRIVATE KEY", curveDER), "its private key is an elliptic curve key" + needsRSA},
		"an EC key as PKCS#8":       {certificatePEM(t, "curve", curve) + pkcs8(t, curve), "its private key is an elliptic curve key" + needsRSA},
		"an X25519 key":             {cert + pkcs8(t, agreement), "its private key is an elliptic curve key" + needsRSA},
		"an Ed25519 key":            {certificatePEM(t, "edwards", edwards) + pkcs8(t, edwards), "its private key is an Ed25519 key" + needsRSA},
		"a DSA key":                 {cert + block("DSA PRIVATE KEY", []byte("x")), "its private key is a DSA key" + needsRSA},
		"a key of OpenSSH":          {cert + block("OPENSSH PRIVATE KEY", []byte("x")), "its private key is in OpenSSH format; use PKCS#8 or PKCS#1"},
		"two keys":                  {cert + private + pkcs8(t, newRSA(t, 2048)), "it contains 2 private keys; it can contain only one"},
		"certificate alone":         {cert, "it contains no private key; found: CERTIFICATE block"},
		"key alone":                 {private, "it contains no certificate; found: PRIVATE KEY block"},
		"something else":            {block("PKCS7", []byte("x")) + block("HELLO", []byte("x")), "it contains neither a certificate nor a private key; found: PKCS7 block, block of an unknown kind"},
		"cut off in the key":        {cert + private[:len(private)/2], "it ends within the PRIVATE KEY block: there's no END line, so the text was cut off"},
		"cut off in the END line":   {cert + strings.TrimRight(private, "-\n"), "it ends within the END line of the PRIVATE KEY block, so the text was cut off"},
		"cut off in the BEGIN line": {cert + "-----BEGIN PRIVATE", "it ends within a BEGIN line, or that line is damaged"},
		"a BEGIN line without end":  {cert + strings.Replace(private, "KEY-----", "KEY", 1), "it ends within a BEGIN line, or that line is damaged"},
		"no END line":               {strings.Replace(cert, "-----END CERTIFICATE-----\n", "", 1) + private, "the CERTIFICATE block has no END line before the next BEGIN line"},
		"another END line":          {cert + strings.Replace(private, "END PRIVATE", "END PUBLIC", 1), "the PRIVATE KEY block is closed by the END line of another block"},
		"masked":                    {"-----BEGIN CERTIFICATE-----\n***\n-----END CERTIFICATE-----\n" + private, `the CERTIFICATE block contains "***": it was copied from a log, where it was masked`},
		"empty block":               {"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n" + private, "the CERTIFICATE block is empty between its BEGIN and END line"},
		"a letter lost":             {strings.Replace(cert, "\nMI", "\nM", 1) + private, "the CERTIFICATE block is damaged: the text between BEGIN and END isn't base64"},
		"a certificate of nonsense": {block("CERTIFICATE", []byte("nonsense")) + private, "certificate 1 is damaged and can't be read"},
		"the second is nonsense":    {cert + block("CERTIFICATE", []byte("nonsense")) + private, "certificate 2 is damaged and can't be read"},
		"a key of nonsense":         {cert + block("PRIVATE KEY", []byte("nonsense")), "its private key is damaged and can't be read"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadCertificate(secret.New(test.text))
			unreadable, ok := err.(*UnreadableError)
			require.True(t, ok, "%T: %v", err, err)
			assert.Equal(t, test.want, unreadable.Why)
			assert.Equal(t, "the certificate can't be used: "+test.want, err.Error())
		})
	}
}

func TestReadCertificateFindsTheCertificateOfTheKey(t *testing.T) {
	key, issuer := newRSA(t, 2048), newRSA(t, 2048)
	leaf, root, private := certificatePEM(t, "leaf", key), certificatePEM(t, "root", issuer), pkcs8(t, key)

	got, err := ReadCertificate(secret.New(leaf + root + private))
	require.NoError(t, err)
	assert.Equal(t, "leaf", got.Leaf.Subject.CommonName)
	assert.Empty(t, got.Notes)

	got, err = ReadCertificate(secret.New(root + leaf + private))
	require.NoError(t, err)
	assert.Equal(t, []string{"the key belongs to certificate 2 of 2; tasks of Azure Pipelines send the thumbprint of the first"}, got.Notes)
	require.Len(t, got.Chain, 2)
	assert.Same(t, got.Leaf, got.Chain[0])
	assert.Equal(t, "root", got.Chain[1].Subject.CommonName)
}

func TestReadCertificateSaysWhenTheKeyIsAnother(t *testing.T) {
	private := pkcs8(t, newRSA(t, 2048))
	one, other := certificatePEM(t, "one", newRSA(t, 2048)), certificatePEM(t, "other", newRSA(t, 2048))

	_, err := ReadCertificate(secret.New(one + private))
	require.ErrorAs(t, err, new(*KeyMismatchError))
	assert.EqualError(t, err, "the private key doesn't belong to the certificate")

	_, err = ReadCertificate(secret.New(one + private + other))
	assert.EqualError(t, err, "the private key doesn't belong to any of the 2 certificates")
}

func TestReadCertificateNamesShortKeys(t *testing.T) {
	short := newRSA(t, 1024)
	got, err := ReadCertificate(secret.New(certificatePEM(t, "short", short) + pkcs8(t, short)))
	require.NoError(t, err, "Entra accepts it")
	assert.Equal(t, []string{"the RSA key has 1024 bits; Microsoft recommends 2048 or more"}, got.Notes)

	t.Setenv("GODEBUG", "rsa1024min=0")
	tiny := newRSA(t, 512)
	text := certificatePEM(t, "tiny", tiny) + pkcs8(t, tiny)
	t.Setenv("GODEBUG", "")
	_, err = ReadCertificate(secret.New(text))
	assert.EqualError(t, err, "the certificate can't be used: its RSA key has only 512 bits; it needs 2048 or more")
}

// FuzzReadCertificate looks for the input in the error: no sentence of ours has a word of 16 characters or more.
func FuzzReadCertificate(f *testing.F) {
	key := newRSA(f, 1024) // short inputs make fast fuzzing
	text := certificatePEM(f, "leaf", key) + pkcs8(f, key)
	for _, seed := range []string{
		text, "\ufeff" + text, strings.ReplaceAll(text, "\n", " "), strings.ReplaceAll(text, "\n", `\n`), inUTF16(text, true, true),
		base64.StdEncoding.EncodeToString([]byte(text)), text[:len(text)/2], text + text, "-----BEGIN -----\n-----END -----",
		"-----BEGIN PRIVATE KEY-----Proc-Type: 4,ENCRYPTED-----END PRIVATE KEY-----", "0\x82", "\x00-", "",
		"-----BEGIN planted-planted-planted-----\nAAAA\n-----END planted-planted-planted-----",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ReadCertificate(secret.New(text))
		if err == nil {
			assert.NotNil(t, got.Key)
			require.NotEmpty(t, got.Chain)
			assert.Same(t, got.Leaf, got.Chain[0])
			return
		}
		assert.Equal(t, Credential{}, got)
		for word := range strings.FieldsSeq(text) {
			if len(word) >= 16 {
				assert.NotContains(t, err.Error(), word)
			}
		}
	})
}
