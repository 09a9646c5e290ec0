package diagnosis

// tlsEntries are about a connection that was made and could not be trusted. No fix ever turns verification off: with it,
// whoever sits between would receive the connection's credential.
func tlsEntries() []Entry {
	return []Entry{
		{
			Code:    "tls-untrusted",
			Title:   "the certificate that {host} shows is not trusted on agent '{agent}'[: {network}]",
			Means:   "The certificate was issued by somebody this machine does not know, so nothing was sent.",
			Causes:  []string{"a device or proxy that inspects TLS and shows its own certificate", "a container or machine without the usual certificate authorities", "a private cloud with its own certificate authority"},
			Confirm: "On the agent, openssl s_client -connect {host}:443 -servername {host} names the issuer.",
			Fixes: []Fix{{Who: NetworkAdministrator, Steps: []string{
				"If the issuer is your own inspection, install its certificate authority where the machine looks: on Windows under Local Computer → Trusted Root Certification Authorities, on Linux with update-ca-certificates or update-ca-trust.",
				"Or tell the agent only: config --sslcacert <file>, or the variable SSL_CERT_FILE for the agent's process, and restart it.",
				"Or exempt {host} from inspection.",
				"If you do not know the issuer, find out who is between the agent and {host} before you do anything else.",
				rerun,
			}}},
			Links: []string{linkAgentCerts},
			signs: append(inText("certificate signed by unknown authority", "unable to get local issuer certificate", "self-signed certificate in certificate chain", "certificate is not trusted"),
				sign{network: TLSUntrusted}),
		},
		{
			Code:  "tls-failed",
			Title: "no secure connection to {host}[ ({failure})][: {network}]",
			Means: "Something answered in place of {host}, or did not agree on how to encrypt, so nothing was sent.",
			Causes: []string{
				"[failure=certificate not valid at this time|an agent whose clock is wrong, or an inspecting device with an expired certificate]",
				"[failure=certificate is for another host|a page that stands in for the service (captive portal), or DNS that leads to another machine]",
				"[failure=no TLS connection|a proxy or portal on port 443 that speaks plain HTTP, or a device that blocks TLS 1.2 and 1.3]",
				"a device between the agent and {host}",
			},
			Confirm: "On the agent, openssl s_client -connect {host}:443 -servername {host} shows what answers.",
			Fixes: []Fix{
				{With: "failure=certificate not valid at this time", Who: NetworkAdministrator, Steps: []string{
					"Check the agent's clock first: w32tm /query /status on Windows, timedatectl on Linux, and correct it.",
					"If the clock is right, find out with openssl s_client -connect {host}:443 whose certificate it is, and renew it or exempt {host} from inspection.",
					rerun,
				}},
				{Who: NetworkAdministrator, Steps: []string{
					"On the agent run openssl s_client -connect {host}:443 -servername {host} and see who answers.",
					"If it is a portal or an inspecting device, exempt {host} from it; if it is DNS, correct the name.",
					"Allow TLS 1.2 and 1.3 from the agent to {host}.",
					rerun,
				}},
			},
			Links: []string{linkAgentHosts},
			signs: append(inText("certificate has expired or is not yet valid", "x509: certificate is valid for", "x509: cannot validate certificate for",
				"server gave http response to https client", "first record does not look like a tls handshake", "remote error: tls: "),
				sign{network: TLSExpired}, sign{network: TLSHostname}, sign{network: NotTLS}),
		},
	}
}
