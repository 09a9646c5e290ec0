package diagnosis

// graphEntries are about Microsoft Graph, which is asked for expiry dates only and may refuse without harm.
func graphEntries() []Entry {
	return []Entry{{
		Code:    "Authorization_RequestDenied",
		Title:   "the identity of connection '{connection}' may not read its own application in Microsoft Graph",
		Means:   "That is usual: a deployment needs no right in Microsoft Graph. Only the expiry date of the credential stays unknown.",
		Causes:  []string{"nobody has given the identity a right to read applications"},
		Confirm: "Entra admin center → App registrations → the application → API permissions.",
		Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
			"Nothing has to be done for deployments.",
			"To see the days left, put the date into input credentialExpiresOn of this task: that needs no right.",
			"Or let the owner make the service principal an owner of its own application with the permission Application.ReadWrite.OwnedBy.",
		}}},
		Links: []string{linkGraphErrors},
	}}
}
