package cloud

import "crypto/tls"

func tlsConfig(l *Listener) *tls.Config {
	return &tls.Config{RootCAs: rootsOf(l), MinVersion: tls.VersionTLS12}
}
