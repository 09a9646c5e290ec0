package scenario

import "encoding/pem"

// block returns the first block of a type out of a PEM text.
func block(text, kind string) string {
	for rest := []byte(text); ; {
		b, more := pem.Decode(rest)
		if b == nil {
			return ""
		}
		if b.Type == kind {
			return string(pem.EncodeToMemory(b))
		}
		rest = more
	}
}

// mix puts the certificate of one PEM text together with the key of another.
func mix(certificate, key string) string {
	private := block(key, "PRIVATE KEY")
	if private == "" {
		private = block(key, "RSA PRIVATE KEY")
	}
	return block(certificate, "CERTIFICATE") + private
}
