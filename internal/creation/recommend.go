package creation

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"armpreflight/internal/arm"
	"armpreflight/internal/azure"
	"armpreflight/internal/check"
	"armpreflight/internal/connection"
	"armpreflight/internal/devops"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/lazyregexp"
)

// The ways to create a connection. They are public.
const (
	WayAutomatic        = "automatic"
	WayExistingIdentity = "manual-existing-identity"
	WayManagedIdentity  = "managed-identity-federation"
	WayNone             = diagnosis.NoAdvice
)

// seen are the results that a recommendation is made from.
type seen struct {
	world   *World
	status  func(c *Check) check.Status
	held    held
	judged  bool // whether held is known
	name    string
	project devops.Project
	tenant  string
}

// Recommend says which way to create the connection fits what was found, and with
// which commands. Roles are given to a service principal in every way, so a user who
// may not do that needs someone who does it for them.
func Recommend(w *World, results []check.Result) diagnosis.Advice {
	v := seen{world: w, status: func(c *Check) check.Status {
		i := slices.IndexFunc(results, func(r check.Result) bool { return r.ID == c.ID })
		return results[i].Status
	}}
	for _, r := range results {
		switch f := r.Facts.(type) {
		case held:
			v.held, v.judged = f, true
		case azure.Subscription:
			v.name = f.DisplayName
		case devops.Project:
			v.project = f
		case tenant:
			v.tenant = f.id
		}
	}
	if v.held.activates == "" {
		return v.recommend(v.status(RoleAssignment))
	}
	a := v.recommend(check.Pass)
	first := v.mine("Activate the role "+v.held.activates+": https://portal.azure.com → Privileged Identity Management → My roles → Azure resources.", "")
	a.Steps = append([]diagnosis.AdviceStep{first}, a.Steps...)
	return a
}

// recommend chooses; assigns is what comes out of the check of that right.
func (v seen) recommend(assigns check.Status) diagnosis.Advice {
	w, registers := v.world, v.status(ApplicationRegistration)
	switch {
	case v.status(GuestAccess) == check.Warn, v.status(GuestAccess) == check.Fail:
		registers = check.Fail
	case registers == check.Skip:
		registers = check.Unknown
	}
	switch {
	case !v.judged:
		return diagnosis.Advice{Way: WayNone, Title: "none yet",
			Why:   "an earlier problem blocks finding out what you can do at the scope",
			Steps: []diagnosis.AdviceStep{{Who: diagnosis.ConnectionMaker, Text: "Fix the findings above, then run this command again."}}}
	case w.Question.Application != "" && v.status(AccountTypes) == check.Pass:
		return v.existing("the application exists and works with federation")
	case assigns == check.Pass && registers == check.Pass:
		return v.automatic("you can do all four steps that Azure DevOps does: sign in, register the application, assign its role, and save the connection")
	case assigns == check.Pass && v.held.makesIdentity && registers == check.Unknown:
		return v.managed("it needs no permission in Microsoft Entra, and we couldn't determine whether you can register applications there")
	case assigns == check.Pass && v.held.makesIdentity:
		return v.managed("it needs no permission in Microsoft Entra, where you can't register applications")
	case assigns == check.Unknown && v.held.makesIdentity:
		return v.managed("we couldn't determine for sure whether you can assign the role, and this way the assignment is a separate step that leaves nothing behind if it fails")
	case v.held.makesIdentity:
		return v.managed("you can create the identity, and someone who can assign roles gives it its role")
	case assigns == check.Pass && registers == check.Unknown:
		return v.automatic("you can assign roles, and we couldn't determine whether you can register applications; the dialog shows it")
	default:
		return v.existing("you can't do all of it alone; an identity with its role that someone else created is enough for the connection")
	}
}

// can says whether the person needs no one else.
func (v seen) can() bool {
	return v.status(EndpointCreator) == check.Pass && (v.held.assigns || v.held.activates != "") && v.status(Locks) != check.Fail
}

func (v seen) automatic(why string) diagnosis.Advice {
	return diagnosis.Advice{Way: WayAutomatic, Title: "automatic, with workload identity federation", Why: why, Can: v.can(), Steps: []diagnosis.AdviceStep{
		v.mine("Open "+v.world.Link()+" and choose New service connection → Azure Resource Manager.", ""),
		v.mine("Choose App registration (automatic) and Workload identity federation, then "+v.place()+", a name, and Save. Leave Grant access permission to all pipelines off.", ""),
		v.mine("Check that it's ready:", "az devops service-endpoint list "+v.where()+" --query \"[?type=='azurerm'].{name:name, ready:isReady}\" --output table"),
	}}
}

// place is what to choose in the dialog.
func (v seen) place() string {
	scope := v.world.Question.Scope
	switch group := groupOf(scope); {
	case managementGroup(scope) != "":
		return "Scope level Management Group and " + managementGroup(scope)
	case group != "":
		return "the subscription and the resource group " + group
	}
	return "the subscription"
}

func (v seen) managed(why string) diagnosis.Advice {
	who := diagnosis.ConnectionMaker
	if v.status(RoleAssignment) == check.Fail && v.held.activates == "" {
		who = diagnosis.SubscriptionOwner
	}
	group := "<resource group>"
	if name := groupOf(v.world.Question.Scope); name != "" {
		group = quoted(name, group)
	}
	identity := "--name id-deploy --resource-group " + group
	sub := " --subscription " + v.world.Question.SubscriptionID
	a := diagnosis.Advice{Way: WayManagedIdentity, Title: "managed identity with workload identity federation", Why: why, Can: v.can(),
		FileName: "connection.json", File: v.file("<client ID of id-deploy>")}
	a.Steps = slices.Concat(
		[]diagnosis.AdviceStep{
			v.mine("Create the identity, and note clientId and principalId:", "az identity create "+identity+sub),
			v.role(who, "<principalId>"),
		},
		v.connect(),
		[]diagnosis.AdviceStep{v.mine("Let the identity trust the connection:", "az identity federated-credential create --name azure-devops --identity-name id-deploy "+
			"--resource-group "+group+sub+" --issuer \"<issuer>\" --subject \"<subject>\" --audiences "+connection.ExchangeAudience)},
		v.verify(),
	)
	return a
}

func (v seen) existing(why string) diagnosis.Advice {
	app, owner := v.world.Question.Application, diagnosis.ApplicationOwner
	client := app
	if app == "" {
		client = "<application (client) ID>"
	}
	who := diagnosis.SubscriptionOwner
	if v.held.assigns || v.held.activates != "" {
		who = diagnosis.ConnectionMaker
	}
	a := diagnosis.Advice{Way: WayExistingIdentity, Title: "manual, with an existing identity and workload identity federation", Why: why,
		Can: v.can() && app != "", FileName: "connection.json", File: v.file(client)}
	if app == "" {
		a.Steps = []diagnosis.AdviceStep{
			{Who: owner, Text: "Create an application for the connection, and pass on its application (client) ID:", Command: "az ad app create --display-name <name> --sign-in-audience AzureADMyOrg"},
			{Who: owner, Text: "Create its service principal, and pass on its object ID:", Command: "az ad sp create --id " + client + " --query id"},
		}
	} else {
		a.Steps = []diagnosis.AdviceStep{{Who: owner, Text: "Pass on the object ID of its service principal:", Command: "az ad sp show --id " + client + " --query id"}}
	}
	a.Steps = slices.Concat(a.Steps, []diagnosis.AdviceStep{v.role(who, "<object ID of the service principal>")}, v.connect(),
		[]diagnosis.AdviceStep{{Who: owner, Text: "Let the application trust the connection:", Command: "az ad app federated-credential create --id " + client +
			" --parameters \"{'name':'azure-devops','issuer':'<issuer>','subject':'<subject>','audiences':['" + connection.ExchangeAudience + "']}\""}},
		v.verify())
	return a
}

func (v seen) mine(text, command string) diagnosis.AdviceStep {
	return diagnosis.AdviceStep{Who: diagnosis.ConnectionMaker, Text: text, Command: command}
}

func (v seen) role(who diagnosis.Person, principal string) diagnosis.AdviceStep {
	return diagnosis.AdviceStep{Who: who, Text: "Assign its role; most deployments need Contributor, but choose a smaller role if it's enough:",
		Command: "az role assignment create --assignee-object-id " + principal + " --assignee-principal-type ServicePrincipal --role Contributor --scope " + quoted(v.world.Question.Scope, "<scope>")}
}

func (v seen) connect() []diagnosis.AdviceStep {
	return []diagnosis.AdviceStep{
		v.mine("Save connection.json below, replace the client ID in it, and create the connection:", "az devops service-endpoint create --service-endpoint-configuration connection.json "+v.where()),
		v.mine("Read its issuer and subject:", "az devops service-endpoint show --id <connection ID> "+v.where()+" --query \"authorization.parameters.{issuer:workloadIdentityFederationIssuer, subject:workloadIdentityFederationSubject}\""),
	}
}

func (v seen) verify() []diagnosis.AdviceStep {
	return []diagnosis.AdviceStep{v.mine("Wait a few minutes, open the connection at "+v.world.Link()+" and choose Edit → Verify and save.", "")}
}

// where names organization and project in a command.
func (v seen) where() string {
	project := v.project.Name
	if project == "" {
		project = v.world.Question.Project
	}
	return "--organization " + v.world.Question.Organization + " --project " + quoted(project, "<project>")
}

// file is the description of a connection as az devops service-endpoint create
// reads it. (Azure DevOps documentation, Use scripts to automate Azure Resource
// Manager with workload identity service connections.)
func (v seen) file(client string) string {
	q := v.world.Question
	name := "<name of the connection>"
	data := map[string]string{"environment": "AzureCloud", "creationMode": "Manual"}
	if group := managementGroup(q.Scope); group != "" {
		data["scopeLevel"], data["managementGroupId"], data["managementGroupName"] = "ManagementGroup", group, group
	} else {
		data["scopeLevel"], data["subscriptionId"], data["subscriptionName"] = "Subscription", q.SubscriptionID, v.name
	}
	text, err := json.MarshalIndent(map[string]any{
		"name": name, "type": "azurerm", "url": "https://management.azure.com/", "isShared": false, "data": data,
		"authorization": map[string]any{"scheme": "WorkloadIdentityFederation",
			"parameters": map[string]string{"tenantid": v.tenant, "serviceprincipalid": client}},
		"serviceEndpointProjectReferences": []any{map[string]any{"name": name, "projectReference": map[string]string{"id": v.project.ID, "name": v.project.Name}}},
	}, "", "  ")
	if err != nil { // texts always encode
		panic(fmt.Sprintf("creation: write the connection: %v", err))
	}
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(text))
}

func managementGroup(scope string) string {
	at, _ := arm.ParseID(scope)
	return at.ManagementGroup
}

// harmlessWord is what may be in a command without meaning anything to a shell
// of any kind, once it is quoted.
var harmlessWord = &lazyregexp.Regexp{Expression: `^[\pL\pN /._()@-]+$`}

// quoted writes a value into a command, or what represents it where the value could
// mean something to a shell.
func quoted(value, other string) string {
	if !harmlessWord.MatchString(value) {
		return other
	}
	return `"` + value + `"`
}
