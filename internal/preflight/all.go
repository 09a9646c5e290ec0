package preflight

// All is the list of checks, in the order in which a reader wants the answers.
func All() []*Check {
	return []*Check{
		CheckInputs,
		ConnectionInput,
		SubscriptionVariable,
		RequiredVariables,
		ConnectionData,
		Certificate,
		ConnectionRecord,
		Network,
		Clock,
		FederatedToken,
		AccessToken,
		CredentialExpiry,
		Subscription,
		ManagementGroup,
		Deployment,
		ResourceGroups,
		ResourceProviders,
		Locations,
		Permissions,
		ExcessRights,
		Locks,
	}
}

// The layers, from the pipeline down to Azure.
const (
	layerPipeline   = "pipeline"
	layerConnection = "connection"
	layerNetwork    = "network"
	layerIdentity   = "identity"
	layerAzure      = "azure"
	layerMore       = "more" // other connections, each in one line
)
