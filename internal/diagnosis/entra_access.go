package diagnosis

import "slices"

// entraAccessEntries are about rules that keep a right credential out.
func entraAccessEntries() []Entry {
	return slices.Concat(
		alike(Entry{
			Code:  "AADSTS53003",
			Title: "Conditional Access blocks the identity of connection '{connection}'",
			Means: "The credential is right. A policy of tenant {tenant} does not let this identity in from here or at this risk.",
			Causes: []string{
				"[hosted=yes|a policy that allows named locations only: a Microsoft-hosted agent has another address in each run, so it may work now and then]",
				"[!hosted|a policy that allows named locations only, and the agent's address on the internet is not among them]",
				"the identity is held to be at risk",
			},
			Confirm: "The entry in the sign-in logs of service principals names the policy under Conditional Access.",
			Fixes: []Fix{
				{With: "hosted=yes", Who: EntraAdministrator, Steps: []string{
					openSignIns,
					"Open the tab Conditional Access of the entry and see which policy blocked it and from which IP address.",
					"Use agents with a fixed address (self-hosted, or Managed DevOps Pools with static addresses) and add it to the named location: the addresses of Microsoft-hosted agents change with each run.",
					"Or exclude this identity from the policy.",
					rerun,
				}},
				{Who: EntraAdministrator, Steps: []string{
					openSignIns,
					"Open the tab Conditional Access of the entry and see which policy blocked it and from which IP address.",
					"Add the agent's address on the internet to the policy's named location, or exclude this identity from the policy.",
					"If the policy blocks risk, look at ID Protection → Risky workload identities, and replace the credential before you dismiss the risk.",
					rerun,
				}},
			},
			Links: []string{linkConditional},
		}, "AADSTS530032", "AADSTS530035", "AADSTS53005", "AADSTS50131"),
		alike(Entry{
			Code:    "AADSTS500021",
			Title:   "the network of agent '{agent}' may not sign in to tenant {tenant}",
			Means:   "A proxy on the way adds a list of allowed tenants to every sign-in (tenant restrictions), and this tenant is not on it.",
			Causes:  []string{"a proxy of your organisation that sets the header Restrict-Access-To-Tenants"},
			Confirm: "The same job works on an agent outside this network.",
			Fixes: []Fix{{Who: NetworkAdministrator, Steps: []string{
				"Find the proxy that adds Restrict-Access-To-Tenants to requests to login.microsoftonline.com.",
				"Add tenant {tenant} to its list, or exempt the agent.",
				rerun,
			}}},
			Links: []string{linkRestrictions},
		}, "AADSTS500022", "AADSTS50002"),
		[]Entry{{
			Code:       "AADSTS50196",
			Title:      "Microsoft Entra stopped a loop: this identity asked for the same token too often",
			Means:      "Many equal sign-ins came in a short time, and further ones are refused for some minutes.",
			Causes:     []string{"many parallel jobs that sign in with the same connection", "a script that asks for a new token for each command"},
			Confirm:    "It works again after about five minutes without sign-ins.",
			Confidence: Likely,
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Wait five minutes, then re-run the failed job.",
				"Let scripts keep a token for as long as it lives, and start fewer jobs with this connection at a time.",
			}}},
			Links: []string{linkEntraCodes},
		}},
		[]Entry{{
			Code:    "AADSTS90123",
			Title:   "a claims provider of tenant {tenant} refused the sign-in",
			Means:   "The tenant asks another program before it gives a token, and that program declined.",
			Causes:  []string{"a custom claims provider or token extension that fails or does not know this identity", "a policy of the tenant that refuses it"},
			Confirm: "The entry in the sign-in logs of service principals shows the failing extension.",
			Fixes: []Fix{{Who: EntraAdministrator, Steps: []string{
				openSignIns,
				"Look which claims provider or token extension was asked: Entra admin center → Enterprise applications → Custom authentication extensions.",
				"Mend it, or exclude the application of the connection from it.",
				rerun,
			}}},
			Links: []string{linkEntraCodes},
		}},
	)
}
