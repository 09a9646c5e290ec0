package diagnosis

import "slices"

// entraAssertionEntries are about a signed assertion: a certificate's, or the id token of a federation.
func entraAssertionEntries() []Entry {
	return slices.Concat(
		alike(Entry{
			Code: "AADSTS700027",
			Title: "[!scheme=federation|the application does not know the certificate that was shown by][scheme=federation|Microsoft Entra could not check " +
				"the signature of the id token of] connection '{connection}'[scheme=federation|: {message}]",
			Means: "Microsoft Entra could not check the signature with any [!scheme=federation|certificate that is registered for the application][scheme=federation|key of the issuer].",
			Causes: []string{
				"[scheme=federation|a disturbance at Microsoft or Azure DevOps, whose keys are replaced from time to time]",
				"[!scheme=federation|a renewed certificate was put into the connection and not into the application, or the other way round]",
				"[!scheme=federation|the certificate registered for the application has expired]",
				"[!scheme=federation|the certificate of another application]",
			},
			Confirm: "Certificates & secrets of the application shows the thumbprint of the connection's certificate.",
			Retry:   RetryPropagation,
			Fixes: []Fix{
				{Schemes: []Scheme{SchemeFederation}, Who: ConnectionAdministrator, Steps: []string{
					"Microsoft Entra could not check a token that Azure DevOps signed: re-run the failed job once, since keys are replaced from time to time.",
					"If it still fails, open a support request with correlation id {correlation}.",
				}},
				{Who: ApplicationOwner, Steps: []string{
					openApp,
					"Under Certificates & secrets → Certificates compare thumbprint and expiry with those this task prints for the connection's certificate.",
					"Choose Upload certificate and upload the public part of the connection's certificate, or put a registered one with its key into the connection (Edit, then Verify and save).",
					waitMinutes,
				}},
			},
			Links: []string{linkCertificates},
		}, "AADSTS50006", "AADSTS900384"),
		alike(Entry{
			Code:    "AADSTS50032",
			Title:   "Microsoft Entra does not accept the key of the certificate of connection '{connection}'[: {message}]",
			Means:   "The kind or the length of the key is not one that Microsoft Entra takes.",
			Causes:  []string{"an RSA key shorter than 2048 bits", "an elliptic curve key"},
			Confirm: "openssl x509 -noout -text on the certificate shows its key.",
			Fixes:   renewCertificate(),
			Links:   []string{linkCertificates},
		}, "AADSTS5002730"),
		[]Entry{{
			Code:    "AADSTS50017",
			Title:   "Microsoft Entra does not trust the issuer of the certificate of connection '{connection}'[: {message}]",
			Means:   "The tenant checks certificates against a list of authorities, or asks the authority whether the certificate was withdrawn, and one of the two failed.",
			Causes:  []string{"an authority that is not on the tenant's list", "a list of withdrawn certificates (CRL) that Microsoft Entra cannot fetch", "a certificate that was withdrawn"},
			Confirm: "openssl x509 -noout -issuer -ext crlDistributionPoints on the certificate shows its issuer and the address of the list.",
			Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
				"Compare the issuer of the certificate with Entra admin center → Protection → Certificate authorities and with the application management policies.",
				"Add the authority, or check that the address of its list of withdrawn certificates can be reached from the internet.",
				"Or have the application's owner upload a certificate of an authority that the tenant trusts.",
				rerun,
			}}},
			Links: []string{linkCertificates},
		}},
		[]Entry{{
			Code:    "AADSTS50146",
			Title:   "the application of connection '{connection}' lacks the signing key of its own that it needs",
			Means:   "The application is set up to have its tokens signed with a key of its own, and that key is missing or not valid today.",
			Causes:  []string{"a signing key that has expired", "an application that was set up for claims mapping and is used for deployments"},
			Confirm: "Entra admin center → Enterprise applications → the application → Single sign-on shows its signing certificate.",
			Fixes: []Fix{{Who: ApplicationOwner, Steps: []string{
				openApp,
				"Renew the signing key where it was made, or remove the claims mapping (Enterprise applications → the application → Single sign-on) if deployments are all that the application is for.",
				"Better for good: give the connection an application or managed identity of its own.",
				rerun,
			}}},
			Links: []string{linkEntraCodes},
		}},
		[]Entry{{
			Code:    "AADSTS700030",
			Title:   "the name in the certificate of connection '{connection}' is not one that its application trusts[: {message}]",
			Means:   "The application trusts certificates by subject name and issuer, and this certificate has another name.",
			Causes:  []string{"a certificate that was issued for another name"},
			Confirm: "openssl x509 -noout -subject on the certificate shows its name.",
			Fixes:   renewCertificate(),
			Links:   []string{linkCertificates},
		}},
		alike(Entry{
			Code:    "AADSTS700026",
			Title:   "the application of connection '{connection}' has no certificate at all",
			Means:   "The connection signs with a certificate, and the application it names has none registered.",
			Causes:  []string{"the certificate was never uploaded", "the client id of another application", "the certificate was removed from the application"},
			Confirm: "Certificates & secrets → Certificates of the application is empty.",
			Retry:   RetryPropagation,
			Fixes: []Fix{{Who: ApplicationOwner, Steps: []string{
				openApp,
				"Under Certificates & secrets → Certificates choose Upload certificate and upload the public part of the connection's certificate.",
				waitMinutes,
			}}},
			Links: []string{linkCertificates},
		}, "AADSTS50003"),
		alike(Entry{
			Code:  "AADSTS700024",
			Title: "what connection '{connection}' signed in with is outside its time[: {message}]",
			Means: "An assertion is valid for some minutes around the moment it was made, and Microsoft Entra received it outside them.",
			Causes: []string{
				"[skew|the agent's clock is {skew}]",
				"an agent whose clock is wrong",
				"an id token that was fetched early in a long job and used late: one of the Azure DevOps issuer lives five to ten minutes",
			},
			Confirm:    "The service's text names its own time and the assertion's.",
			Confidence: Likely,
			Fixes: []Fix{
				{Schemes: []Scheme{SchemeFederation}, Who: PipelineAuthor, Steps: []string{
					"Compare the times in the service's text: if the assertion begins in the future, the agent's or the service's clock is wrong, see check clock.",
					"If it ended in the past, ask for the access tokens at the start of the job, or let each step sign in by itself (AzureCLI@2: keepAzSessionActive: true).",
					"A connection with the Azure DevOps issuer gains most from Update on its page: id tokens of the Microsoft Entra issuer live about a day.",
					rerun,
				}},
				{Who: NetworkAdministrator, Steps: []string{
					"Correct the agent's clock: w32tm /resync on Windows, chrony or systemd-timesyncd on Linux.",
					rerun,
				}},
			},
			Links: []string{linkFederation},
		}, "AADSTS50013", "AADSTS500133"),
	)
}
