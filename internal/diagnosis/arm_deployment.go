package diagnosis

import "slices"

// armDeploymentEntries are about what a deployment asks for. No request of this task gets them: they are met in the steps
// after it, and in a check that validates a template.
func armDeploymentEntries() []Entry {
	return slices.Concat(
		alike(Entry{
			Code:    "InvalidTemplateDeployment",
			Title:   "the deployment failed[: {inner}][: {message}]",
			Means:   "This code only wraps another. The innermost code of the answer says what went wrong[, here {inner}].",
			Causes:  []string{"the reason is in the details of the answer"},
			Confirm: "Azure portal → the resource group → Deployments → the deployment → Operation details.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Read the innermost code and sentence in the raw evidence, or open Azure portal → the resource group → Deployments → the deployment → Operation details.",
				"Look up that code: it names who can act.",
				"For a template error run az deployment group validate with the same template and parameters, which shows it without deploying.",
				newRun,
			}}},
			Confidence: Likely,
			Links:      []string{linkARMErrors},
		}, "DeploymentFailed"),
		alike(Entry{
			Code:    "InvalidTemplate",
			Title:   "the template or the request is not one that Azure understands[: {message}]",
			Means:   "Sign-in and rights are fine as far as could be seen. What was sent has a mistake in its form, a name or a value.",
			Causes:  []string{"a parameter, name or type in the template that is mistyped", "a reference to a resource that the template does not declare", "a property that this API version does not have"},
			Confirm: "az deployment group validate with the same template and parameters gives the same error.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Read the service's text: it names the resource, the parameter or the line.",
				"Correct the template or the parameters and check them with az deployment group validate.",
				newRun,
			}}},
			Links: []string{linkARMErrors},
		}, "BadRequest", "InvalidParameter", "InvalidRequestContent", "InvalidRequestFormat", "InvalidResourceNamespace", "InvalidResourceType"),
		alike(Entry{
			Code:    "InvalidApiVersionParameter",
			Title:   "this cloud does not know the API version that was asked for[: {message}]",
			Means:   "Each cloud offers its own set of API versions. A sovereign or private cloud lags behind the public one.",
			Causes:  []string{"an Azure Stack or sovereign cloud that is older than the program", "a program that names no version, or one that never existed"},
			Confirm: "The service's text lists the versions that it knows.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"In a template or script, use a version from the list in the service's text.",
				"If this task asked, report it to its makers with the raw evidence, which holds no secret, and name the cloud.",
				newRun,
			}}},
			Links: []string{linkARMErrors},
		}, "MissingApiVersionParameter"),
		alike(Entry{
			Code:    "Conflict",
			Title:   "another operation is at work on the same thing[: {message}]",
			Means:   "Azure lets one change at a time happen to a resource, and another one was not finished.",
			Causes:  []string{"two runs or stages that deploy to the same place at the same time", "a change from before that still goes on", "a name that is taken"},
			Confirm: "Azure portal → the resource group → Deployments shows what is running.",
			Retry:   RetryTransient,
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Open Azure portal → the resource group → Deployments and wait until nothing runs there.",
				rerun,
				"If it happens often, let only one run at a time deploy to this place: an exclusive lock check on the connection or environment with lockBehavior: sequential.",
			}}},
			Confidence: Likely,
			Links:      []string{linkARMErrors},
		}, "DeploymentActiveAndUneditable", "AnotherOperationInProgress", "RetryableErrorDueToAnotherOperation"),
		[]Entry{{
			Code:    "DeploymentQuotaExceeded",
			Title:   "the history of deployments is full[: {message}]",
			Means:   "A scope keeps at most 800 deployments in its history, and a new one finds no place.",
			Causes:  []string{"deployments with a name of their own for each run", "a lock that keeps Azure from deleting old entries by itself"},
			Confirm: "Azure portal → the resource group or subscription → Deployments counts them.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Delete old entries, which deletes no resource: az deployment group delete --resource-group <group> --name <deployment>, or mark them under Deployments in the portal.",
				"Look whether a lock on the group keeps Azure from deleting them by itself.",
				rerun,
			}}},
			Links: []string{linkARMErrors},
		}},
		alike(Entry{
			Code:    "QuotaExceeded",
			Title:   "a limit of subscription '{subscription}' is used up[: {message}]",
			Means:   "The subscription may have only so many cores, addresses or other things in a region. The deployment asked for more.",
			Causes:  []string{"cores or resources that are still there from earlier deployments", "a limit that was never raised for this region or size"},
			Confirm: "Azure portal → Quotas, filtered to the subscription and region, shows use and limit.",
			Fixes: []Fix{{Who: SubscriptionOwner, Steps: []string{
				"Open Azure portal → Quotas and compare use and limit for the region and size in the service's text.",
				"Remove what is not needed, request an increase there, or change region or size in the template.",
				rerun,
			}}},
			Links: []string{linkQuota, linkARMErrors},
		}, "ResourceQuotaExceeded", "OperationNotAllowed"),
		alike(Entry{
			Code:    "SkuNotAvailable",
			Title:   "the size that was asked for cannot be had there[: {message}]",
			Means:   "Not every size is offered in every region and to every subscription.",
			Causes:  []string{"a size that the region or zone does not have", "a subscription to which the region is closed"},
			Confirm: "az vm list-skus --location <region> --output table shows sizes and restrictions.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Run az vm list-skus --location <region> --output table and choose a size without restriction.",
				"Change size or region in the template, or have the subscription's owner ask Microsoft support to open the region.",
				newRun,
			}}},
			Links: []string{linkQuota, linkARMErrors},
		}, "RegionDoesNotAllowProvisioning"),
		[]Entry{{
			Code:    "AllocationFailed",
			Title:   "Azure has no room for this size there at the moment[: {message}]",
			Means:   "The region is short of machines of this size. It is nobody's quota and passes when others free some.",
			Causes:  []string{"a region or zone that is full", "a size that is rare"},
			Confirm: "Another size or zone can be had.",
			Retry:   RetryTransient,
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Re-run the failed job later.",
				"If it cannot wait, change zone, size or region in the template and start a new run.",
			}}},
			Links: []string{linkARMErrors},
		}},
		alike(Entry{
			Code:    "ResourceNotFound",
			Title:   "a resource was not found[: {message}]",
			Means:   "The identity can look there, and the resource does not exist under this name.",
			Causes:  []string{"a name that is mistyped or was changed", "a resource that was deleted or moved to another group", "a step that ran before the one that makes it"},
			Confirm: "Azure portal, searching for the name in the service's text, with all subscriptions selected.",
			Fixes: []Fix{{Who: PipelineAuthor, Steps: []string{
				"Search the Azure portal for the name in the service's text, with all subscriptions selected.",
				"Correct the name in the pipeline, or create the resource before this job.",
				"If the connection itself points to it (a workspace or group), make a new connection: its scope cannot be changed.",
				newRun,
			}}},
			Links: []string{linkARMErrors},
		}, "ParentResourceNotFound", "NotFound"),
	)
}
