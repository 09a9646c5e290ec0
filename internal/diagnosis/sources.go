package diagnosis

// howSure holds the codes that rest on less than the texts of their family do. Likely: the code was seen in reports, and
// its words are not published. Guess: neither documentation nor an answer that holds it was found, only the name.
var howSure = map[Code]Confidence{
	"AADSTS700214": Likely, "AADSTS700231": Likely, "AADSTS700263": Likely, "AADSTS7002121": Likely, "AADSTS70022204": Likely,
	"AADSTS53005": Likely, "AADSTS7002241": Likely, "AADSTS90061": Likely, "AADSTS501661": Likely, "AADSTS165004": Likely,
	"DenyAssignmentAuthorizationFailed": Likely, "OperationNotAllowed": Likely, "LinkedAuthorizationFailed": Likely,

	"AADSTS501051": Guess, "AADSTS700019": Guess, "AADSTS700021": Guess, "AADSTS700026": Guess, "AADSTS5002730": Guess,
	"AADSTS900021": Guess, "AADSTS5000224": Guess,

	"LinkedAccessCheckFailed": Guess, "RequestDisallowedByAzure": Guess, "PolicyViolation": Guess,
	"DisabledSubscription": Guess, "SubscriptionDisabled": Guess, "AuthenticationFailed": Guess, "AuthenticationFailedMissingToken": Guess,
	"AuthenticationFailedInvalidHeader": Guess, "RoleAssignmentExists": Guess, "RoleAssignmentLimitExceeded": Guess,
	"RoleDefinitionDoesNotExist": Guess, "PrincipalTypeNotSupported": Guess, "UnmatchedPrincipalType": Guess,
	"InvalidApiVersionParameter": Guess, "MissingApiVersionParameter": Guess, "TF200016": Likely, "VS403463": Guess,

	"Request_ResourceNotFound": Guess, "graph-token-refused": Guess, "Authorization_IdentityNotFound": Guess, "accessDenied": Guess,
	"Directory_QuotaExceeded": Guess, "Request_BadRequest": Guess, "Request_UnsupportedQuery": Guess, "Directory_ObjectNotFound": Guess,
	"Request_MultipleObjectsWithSameKeyValue": Guess, "graph-license-missing": Guess, "graph-no-person": Guess,
	"Directory_ConcurrencyViolation": Guess, "ConcurrencyViolation": Guess, "managed-identity-audience": Likely,
}
