package diagnosis

// renewCertificate replaces the certificate of a connection. Azure DevOps makes no connections with certificates itself.
func renewCertificate() []Fix {
	return []Fix{{Who: ApplicationOwner, Steps: []string{
		"Create or renew the certificate (RSA, 2048 bits or more).",
		openApp,
		"Under Certificates & secrets → Certificates choose Upload certificate and upload the public part.",
		"In Azure DevOps open the connection, choose Edit, and paste certificate and unencrypted private key as PEM, each with its BEGIN and END lines, then choose Verify and save.",
		manualConvert,
		rerun,
	}}}
}

// certificateEntries are about the certificate in the connection, as far as it can be judged without asking anybody.
func certificateEntries() []Entry {
	return []Entry{
		{
			Code:    "certificate-expired",
			Title:   "the certificate of connection '{connection}' expired on {date}[ ({days} days ago)]",
			Means:   "Microsoft Entra refuses an expired certificate, whatever rights it has.",
			Causes:  []string{"a renewal that did not reach the connection", "an agent whose clock runs ahead"},
			Confirm: "Certificates & secrets of the application shows the same date under Expires.",
			Fixes:   renewCertificate(),
			Links:   []string{linkCertificates},
		},
		{
			Code:    "certificate-expiring",
			Title:   "the certificate of connection '{connection}' expires on {date}, in {days} days",
			Means:   "It works today. After that day every run with this connection fails at sign-in.",
			Causes:  []string{"the normal end of its life"},
			Confirm: "Certificates & secrets of the application shows the same date under Expires.",
			Fixes:   renewCertificate(),
			Links:   []string{linkCertificates},
		},
		{
			Code:    "certificate-not-yet-valid",
			Title:   "the certificate of connection '{connection}' is valid from {date} only",
			Means:   "Microsoft Entra refuses a certificate before the first day it is valid.",
			Causes:  []string{"a certificate issued for a later start", "an agent whose clock runs behind"},
			Confirm: "openssl x509 -noout -startdate on the certificate file prints the date.",
			Fixes: []Fix{{Who: ApplicationOwner, Steps: []string{
				"Compare the agent's clock with the date: check clock of this run names the difference.",
				"If the clock is right, wait until {date}, or put a certificate that is valid today into the connection and the application.",
				rerun,
			}}},
			Links: []string{linkCertificates},
		},
		{
			Code:    "certificate-key-mismatch",
			Title:   "the private key in connection '{connection}' does not belong to its certificate",
			Means:   "The private key and the certificate are not a pair, so Microsoft Entra would refuse what the key signs.",
			Causes:  []string{"the key of an earlier certificate was kept at a renewal", "the blocks of two files were pasted together", "a chain in which the leaf certificate does not come first"},
			Confirm: "openssl x509 -noout -pubkey on the certificate and openssl pkey -pubout on the key print the same public key when they belong together.",
			Fixes: []Fix{{Who: ApplicationOwner, Steps: []string{
				"Find the private key that was made together with the certificate; if it is lost, create a new pair and upload its public part to the application.",
				"In Azure DevOps open the connection, choose Edit, and paste that certificate and that key as PEM, then choose Verify and save.",
				rerun,
			}}},
			Links: []string{linkCertificates},
		},
		{
			Code:    "certificate-unreadable",
			Title:   "the certificate of connection '{connection}' cannot be read[: {detail}]",
			Means:   "The connection must hold a certificate and its private key as PEM text, one after the other.",
			Causes:  []string{"only one of the two blocks was pasted", "the key is encrypted with a password", "a .pfx file in place of PEM, or line breaks lost in copying"},
			Confirm: "The text begins with -----BEGIN and holds a CERTIFICATE block and a PRIVATE KEY block.",
			Fixes: []Fix{{Who: ApplicationOwner, Steps: []string{
				"Turn a .pfx file into PEM: openssl pkcs12 -in <file> -nodes -out <file>.pem.",
				"In Azure DevOps open the connection, choose Edit, and paste both blocks with their BEGIN and END lines and all line breaks, the key without a password, then choose Verify and save.",
				"Delete the PEM file afterwards.",
				rerun,
			}}},
			Links: []string{linkCertificates},
		},
	}
}
