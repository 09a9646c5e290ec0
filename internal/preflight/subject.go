package preflight

import (
	"fmt"
	"net/url"
	"strings"

	"armpreflight/internal/connection"
	"armpreflight/internal/diagnosis"
)

// subjectArgs compares the three subjects of a federated connection: the one
// that the id token presents, the one that Azure DevOps recorded with the
// connection, and the one that can be computed from ids. Entra alone knows the
// fourth, the one in the identity's credential; where the three agree, that is
// the one that differs. The subjects themselves are masked by the agent, so a
// difference is named by segment and position.
//
// Args: segment, position and case="yes" where presented and recorded differ;
// agree="yes" where they do not.
func subjectArgs(w *World, conn connection.Connection, a Assertion) diagnosis.Args {
	if !a.Readable {
		return nil
	}
	if d, differs := connection.CompareSubjects(a.Claims.Subject, conn.Subject); conn.Subject != "" && differs {
		args := diagnosis.Args{"segment": fmt.Sprintf("segment %d of the subject (%s)", d.Segment, d.Name), "position": fmt.Sprint(d.Position)}
		if d.CaseOnly {
			args["case"] = "yes"
		}
		return args
	}
	if d, differs := connection.CompareIssuers(a.Claims.Issuer, conn.Issuer); conn.Issuer != "" && differs {
		return diagnosis.Args{"segment": "the issuer", "position": fmt.Sprint(d.Position)}
	}
	if conn.Subject == "" {
		// Nothing is recorded; the subject that follows from the ids takes its
		// place. A difference from that alone proves nothing.
		predicted, ok := connection.PredictSubject(issuerTenant(a.Claims.Issuer), w.OrganizationID, conn.ID)
		if !ok || predicted != a.Claims.Subject {
			return nil
		}
	}
	return diagnosis.Args{"agree": "yes"}
}

// issuerTenant returns the tenant in the address of the Entra issuer
// (https://login.microsoftonline.com/{tenant}/v2.0), and empty for another issuer.
func issuerTenant(issuer string) string {
	u, err := url.Parse(issuer)
	if err != nil {
		return ""
	}
	tenant, _ := strings.CutSuffix(strings.TrimSuffix(u.Path, "/"), "/v2.0")
	return strings.TrimPrefix(tenant, "/")
}
