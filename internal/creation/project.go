package creation

import (
	"context"
	"fmt"

	"armpreflight/internal/catalogue"
	"armpreflight/internal/check"
	"armpreflight/internal/devops"
	"armpreflight/internal/finding"
	"armpreflight/internal/secret"
)

// organization is what is known of the person in Azure DevOps.
type organization struct {
	tenant string // of the organization; empty when not told
	token  secret.Text
}

// Organization asks whether there is a sign-in of the person that Azure DevOps could
// take: to the directory of the organization, which may be another than that of the
// subscription. Facts: organization.
var Organization = &Check{
	ID:    "organization",
	Layer: layerDevOps,
	Title: "is the user signed in to the organization's tenant?",
	After: []*Check{Tenant, SignIn},
	Codes: func() []string {
		return finding.Codes(catalogue.PersonNotSignedIn, catalogue.AzureCliMissing, catalogue.PersonSessionStale, "AADSTS")
	},
	Run: runOrganization,
}

func runOrganization(ctx context.Context, w *World, s *state) check.Outcome {
	home, err := w.DevOps.Tenant(ctx)
	if err != nil {
		return check.Found(w.judge().Refused(ctx, err, nil))
	}
	if other, ok := check.FactsOf[tenant](s, Tenant); ok && other.id == home {
		if r, _ := s.ResultOf(SignIn); r.Status == check.Fail || r.Status == check.Unknown {
			return check.Outcome{Status: check.Skip, Text: "it's the subscription's tenant, and the user isn't signed in to it: see sign-in"}
		}
	}
	token, err := w.Person.DevOpsToken(ctx, home)
	if err != nil {
		o := check.Found(w.judge().RefusedSignIn(ctx, err, nil))
		o.Notes = signInAgain(home)
		return o
	}
	w.Learn(token)
	text := "directory " + home
	if home == "" {
		text = "the organization doesn't name a tenant; the user's own tenant is used"
	}
	return check.Passed(text, organization{home, token})
}

// signInAgain is the command that shows whether a new sign-in helps.
func signInAgain(tenant string) []string {
	if tenant == "" {
		return []string{"to sign in again: az login"}
	}
	return []string{"to sign in again: az login --tenant " + tenant}
}

// Project asks whether the person sees the project. Facts: devops.Project.
var Project = &Check{
	ID:    "project",
	Layer: layerDevOps,
	Title: "can this user see the project?",
	Needs: []*Check{Organization},
	After: []*Check{Account}, // whose name is in the findings
	Codes: func() []string {
		return finding.Codes(catalogue.OrganizationUserMissing, catalogue.ProjectNotVisible, catalogue.PersonSessionStale, "DevOps")
	},
	Run: func(ctx context.Context, w *World, s *state) check.Outcome {
		o, _ := check.FactsOf[organization](s, Organization)
		p, err := w.DevOps.Project(ctx, o.token, w.Question.Project)
		switch {
		case hasCode(err, catalogue.TF400813, catalogue.TF401444):
			return check.Found(finding.New(check.Fail, catalogue.OrganizationUserMissing))
		case hasCode(err, catalogue.TF200016): // a 404 of something else on the way has no such code
			return check.Found(finding.New(check.Fail, catalogue.ProjectNotVisible))
		case err != nil:
			return check.Found(w.judge().Refused(ctx, err, nil))
		}
		return check.Passed(fmt.Sprintf("%q", p.Name), p)
	},
}

// EndpointCreator asks whether the person can create connections in the project.
var EndpointCreator = &Check{
	ID:    "endpoint-creator",
	Layer: layerDevOps,
	Title: "can this user create service connections in the project (Endpoint Creators)?",
	Needs: []*Check{Project},
	Codes: func() []string {
		return finding.Codes(catalogue.EndpointCreatorMissing, catalogue.AnswerNeedsRight, catalogue.PersonSessionStale, "DevOps")
	},
	Run: func(ctx context.Context, w *World, s *state) check.Outcome {
		o, _ := check.FactsOf[organization](s, Organization)
		p, _ := check.FactsOf[devops.Project](s, Project)
		creates, err := w.DevOps.Creates(ctx, o.token, p.ID)
		switch {
		case err != nil:
			return check.Found(w.unreadable(ctx, err, "who can create service connections", "the permission View project-level information"))
		case !creates:
			return check.Found(finding.New(check.Fail, catalogue.EndpointCreatorMissing))
		}
		return check.Passed("can create connections", nil)
	},
}
