package cli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"armpreflight/internal/audit"
	"armpreflight/internal/azure"
	"armpreflight/internal/connection"
	"armpreflight/internal/devops"
	"armpreflight/internal/diagnosis"
	"armpreflight/internal/evidence"
	"armpreflight/internal/pipeline"
	"armpreflight/internal/secret"
	"armpreflight/internal/web"
)

// The variables that may hold a credential for Azure DevOps.
const (
	patVariable      = "AZURE_DEVOPS_EXT_PAT" // that of the Azure CLI's extension for Azure DevOps
	jobTokenVariable = "SYSTEM_ACCESSTOKEN"
)

// sight is the one credential of an audit, and what it can read with it.
type sight struct {
	name          string // which credential it is
	authorization secret.Text
	directory     audit.Directory
}

// auditSight chooses the credential. Each goes where it belongs: a token of
// Microsoft Entra to Azure DevOps Services, the job's token to the organization of
// the job, and all of them to the host of --organization only.
func auditSight(ctx context.Context, env Env, in inspection, task *pipeline.Task, n network, redactor *secret.Redactor) (sight, error) {
	none := func(why string) audit.Directory {
		return func(context.Context, connection.Cloud, string) (*azure.Directory, string) { return nil, why }
	}
	pat, job := secret.New(task.Env(patVariable)), secret.New(task.Env(jobTokenVariable))
	switch {
	case in.credential != "":
		return personSight(ctx, env, in, n, redactor)
	case !pat.IsZero():
		authorization := devops.Basic(pat)
		redactor.AddSecret(authorization)
		return sight{"the personal access token in " + patVariable, authorization,
			none("a personal access token doesn't work for Microsoft Graph; --credential azure-cli does, if you have permission there")}, nil
	case !job.IsZero():
		own, err := url.Parse(task.Env("SYSTEM_COLLECTIONURI"))
		if err != nil || own.Host == "" || !devops.SameOrganization(in.organization, own) {
			return sight{}, fmt.Errorf("the job's token (%s) is for the organization of the job, not for --organization", jobTokenVariable)
		}
		return sight{"the job's own token (" + jobTokenVariable + ")", devops.Bearer(job), none("the job's token doesn't work for Microsoft Graph; a sign-in with --credential does")}, nil
	}
	return sight{}, fmt.Errorf("no credential: choose --credential azure-cli or browser, or set %s to a personal access token that can read service connections, projects, and builds; in a pipeline, map %s: $(System.AccessToken)", patVariable, jobTokenVariable)
}

// personSight uses the sign-in of the person at the command line.
func personSight(ctx context.Context, env Env, in inspection, n network, redactor *secret.Redactor) (sight, error) {
	if !devops.IsService(in.organization) {
		return sight{}, errors.New("--credential works with Azure DevOps Services only; for Azure DevOps Server, use a personal access token")
	}
	public := connection.Clouds()[0]
	client := azure.New(n.client, public, nil)
	person := azure.Person{Credential: env.Credential, Redact: redactor.Redact}
	if person.Credential == nil {
		var err error
		if person.Credential, err = personCredential(in.credential, client.SignIn()); err != nil {
			return sight{}, err
		}
	}
	tenant := ""
	if organization, err := devops.NewOrganization(n.client, in.organization.String()); err == nil {
		tenant, _ = organization.Tenant(ctx) // without it the sign-in's own tenant is used
	}
	token, err := person.DevOpsToken(ctx, tenant)
	if err != nil {
		return sight{}, fmt.Errorf("--credential %s can't get a token for Azure DevOps: %s", in.credential, signInTrouble(err, redactor))
	}
	redactor.AddSecret(token)
	pace := web.NewPace(min(in.atOnce, 8))
	return sight{"the sign-in of --credential " + in.credential, devops.Bearer(token), func(ctx context.Context, cloud connection.Cloud, asked string) (*azure.Directory, string) {
		switch {
		case cloud.Name != public.Name:
			return nil, "the sign-in is in the public cloud"
		case in.credential == signInBrowser && !strings.EqualFold(asked, tenant):
			return nil, "the browser sign-in is in the organization's tenant only"
		}
		graph, err := client.PersonGraphToken(ctx, person, asked)
		if err != nil {
			return nil, "no token for Microsoft Graph in that tenant: " + signInTrouble(err, redactor)
		}
		redactor.AddSecret(graph.Value)
		return azure.NewDirectory(n.client, cloud, graph.Value, pace), ""
	}}, nil
}

// signInTrouble says in a sentence of the catalogue why there is no token.
func signInTrouble(err error, redactor *secret.Redactor) string {
	f, ok := errors.AsType[*evidence.Failure](err)
	switch {
	case errors.Is(err, azure.ErrNoGraph):
		return "this audit doesn't use Microsoft Graph in this cloud"
	case !ok:
		return "the sign-in couldn't be used"
	case f.Code != "":
		return diagnosis.Explain(diagnosis.Code(f.Code), diagnosis.Situation{Hide: redactor.Redact}, nil, &f.Evidence).Headline
	}
	return diagnosis.ExplainEvidence(f.Evidence, diagnosis.Situation{Hide: redactor.Redact}, nil).Headline
}
