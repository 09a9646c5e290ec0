package diagnosis

// rightEntries are about what the identity may do.
func rightEntries() []Entry {
	return []Entry{
		{
			Code:    "permission-missing",
			Title:   "the identity of connection '{connection}' may not do '{action}' at '{scope}'",
			Means:   "Azure lists what the identity[ (object id {object})] may do at this scope, and the action is not on the list.",
			Causes:  []string{"no role at this scope, or one that is too narrow", "a role that was assigned within the last minutes", "a role that excludes the action"},
			Confirm: "Azure portal → the scope → Access control (IAM) → Check access, for the object id.",
			Retry:   RetryPropagation,
			Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
				"If a role was assigned within the last ten minutes, wait and re-run the failed job.",
				"Else assign a role that holds the action[; the smallest built-in one is {role}]: az role assignment create --assignee-object-id {object} --assignee-principal-type ServicePrincipal --role \"[{role}][!role|<role>]\" --scope \"{scope}\"",
				"This takes the role Owner, User Access Administrator or Role Based Access Control Administrator there.",
				"Wait five to ten minutes, then re-run the failed job.",
			}}},
			Links: []string{linkRoles},
		},
		{
			Code:    "permission-denied-by-assignment",
			Title:   "deny assignment '{detail}' [unsure|may keep][!unsure|keeps] the identity of connection '{connection}' from '{action}' at '{scope}'",
			Means:   "The identity has the right, and a deny assignment [!unsure|takes it away.][unsure|of a group, or under a condition, may take it away: whether it applies to this identity cannot be seen.] Deny assignments are made by Azure, not by hand.",
			Causes:  []string{"a deployment stack that protects its resources", "a managed application or a managed resource group"},
			Confirm: "Azure portal → the scope → Access control (IAM) → Deny assignments.",
			Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
				"In the Azure portal open the scope → Access control (IAM) → Deny assignments → '{detail}' and see what made it.",
				"Change the resource through its owner (the deployment stack, the managed application), or exclude the identity[ with object id {object}] in the stack's deny settings.",
				rerun,
			}}},
			Links: []string{linkRoles},
		},
		{
			Code:    "excess-rights",
			Title:   "the identity of connection '{connection}' may also hand out roles at '{scope}'",
			Means:   "Whoever can change a pipeline that uses this connection can give any role there to anybody, without a condition that limits which.",
			Causes:  []string{"the role Owner or User Access Administrator, where a narrower one would do"},
			Confirm: "Azure portal → the scope → Access control (IAM) → Check access, for the object id.",
			Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
				"Give the identity[ with object id {object}] a role with the actions that the pipeline needs, Contributor for most.",
				"Where it must hand out roles, use Role Based Access Control Administrator with a condition that names the roles.",
				"Then remove the wider assignment under Access control (IAM) → Role assignments.",
			}}},
			Links: []string{linkRoles},
		},
	}
}
