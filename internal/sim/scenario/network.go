package scenario

import (
	"net/http"
	"time"

	"armpreflight/internal/sim/cloud"
)

// network are situations of the way to the services. What a proxy can't pass on as it is has its own test in
// internal/endtoend/network_test.go.
var network = []Scenario{
	{
		Name: "dns-failure", About: "the sign-in host does not resolve", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) { r.Breaks[authority] = cloud.NoSuchHost },
		Wants:  Wants{Result: "Failed", Errors: []string{"proxy-refused"}},
	},
	{
		Name: "no-route", About: "there is no route to Resource Manager", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) { r.Breaks[resources] = cloud.NoRoute },
		Wants:  Wants{Result: "Failed", Errors: []string{"proxy-refused"}},
	},
	{
		Name: "connection-refused", About: "a firewall refuses connections to the sign-in host", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) { r.Breaks[authority] = cloud.Refused },
		Wants:  Wants{Result: "Failed", Errors: []string{"proxy-refused"}},
	},
	{
		Name: "tls-untrusted", About: "a proxy inspects TLS with an authority that this agent does not trust", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) { r.NoCA = true },
		Wants:  Wants{Result: "Failed", Errors: []string{"tls-untrusted"}},
	},
	{
		Name: "proxy-authentication", About: "the proxy wants credentials that the agent does not have", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.ProxyUser, r.ProxyPassword = "svc-build", "Tr0ub4dor&3-proxy"
		},
		Wants: Wants{Result: "Failed", Errors: []string{"proxy-authentication-required"}},
	},
	{
		Name: "captive-portal", About: "something on the way answers with a page of its own", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Faults = append(r.Faults, cloud.Fault{Host: authority, HTML: true})
		},
		Wants: Wants{Result: "Failed", Errors: []string{"captive-portal"}, Tokens: 1, Waits: 1},
	},
	{
		Name: "clock-off", About: "the agent's clock is two hours behind, and the token is granted all the same", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.shiftClock(2 * time.Hour)
		},
		Wants: Wants{Result: "Succeeded", Warnings: []string{"clock-skew"}, Tokens: 1, Waits: 2, Says: "behind"},
	},
	{
		Name: "clock-refused", About: "the agent's clock is two hours behind, and the assertion is refused for it", connection: cloud.ContosoCertificateConnectionID,
		change: func(r *Run) {
			r.shiftClock(2 * time.Hour)
		},
		Wants: Wants{Result: "Failed", Errors: []string{"clock-skew"}, Tokens: 1, Waits: 1, Says: "behind"},
	},
	{
		Name: "authority-down", About: "Microsoft Entra answers 503 for as long as anyone asks", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Faults = append(r.Faults, cloud.Fault{Host: authority, Method: http.MethodPost, Status: http.StatusServiceUnavailable})
			r.Step.Inputs["timeoutSeconds"] = "5"
		},
		Wants: Wants{Result: "SucceededWithIssues", Warnings: []string{"service-unavailable"}, Tokens: -1, Says: "couldn't determine"},
	},
	{
		Name: "authority-recovers", About: "Microsoft Entra answers 503 once and then works", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Faults = append(r.Faults, cloud.Fault{Host: authority, Method: http.MethodPost, Status: http.StatusServiceUnavailable, Times: 1})
		},
		Wants: Wants{Result: "Succeeded", Tokens: 2, Waits: 3, Says: "ready: "},
	},
	{
		Name: "throttled-once", About: "Resource Manager asks to come back in a second, and then works", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Faults = append(r.Faults, cloud.Fault{Host: resources, Status: http.StatusTooManyRequests, RetryAfter: "1", Times: 1})
		},
		Wants: Wants{Result: "Succeeded", Tokens: 1, Waits: 3, Says: "ready: "},
	},
	{
		Name: "hostile-text", About: "an answer carries logging commands, line breaks and terminal escapes", connection: cloud.ContosoKeyConnectionID,
		change: func(r *Run) {
			r.Faults = append(r.Faults, cloud.Fault{Host: authority, Method: http.MethodPost, Status: http.StatusBadRequest, Code: "AADSTS700016", Message: Hostile})
		},
		Wants: Wants{Result: "Failed", Errors: []string{"AADSTS700016"}, Tokens: 1, Waits: 1},
	},
}

// Hostile is text that must never become a command, a second line or a terminal
// escape.
const Hostile = "Application '##vso[task.setvariable variable=owned]yes' was not found\r\n" +
	"##vso[task.setvariable variable=owned]yes\n##\u200bvso[task.setvariable variable=owned]yes\r" +
	"##vso[task.complete result=Succeeded]done \x1b[2J\x1b[31m##[error]forged\u202e"
