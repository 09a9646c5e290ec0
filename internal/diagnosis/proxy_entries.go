package diagnosis

// proxyEntries are about the proxy between the agent and a host.
func proxyEntries() []Entry {
	return []Entry{
		{
			Code:    "proxy-authentication-required",
			Title:   "the proxy asks for credentials before it lets the agent reach {host}[: {network}]",
			Means:   "The proxy answered 407. The agent gave it no credentials, or others than it wants.",
			Causes:  []string{"an agent that was configured without the proxy's user and password", "a password that was changed", "a proxy that accepts Windows sign-in (NTLM, Kerberos) only, which this task does not speak"},
			Confirm: "On the agent, curl -v -x <proxy> https://{host} gives 407 as well.",
			Fixes: []Fix{{Who: NetworkAdministrator, Steps: []string{
				"Configure the agent again with --proxyurl, --proxyusername and --proxypassword, and restart it.",
				"If the proxy accepts Windows sign-in only, allow the agent's address without sign-in, or put {host} on the agent's bypass list (.proxybypass) where a direct way exists.",
				rerun,
			}}},
			Links: []string{linkAgentProxy},
			signs: append(inText("proxy authentication required"), sign{network: ProxyAuthentication}, sign{from: 407, to: 407}, sign{from: 407, to: 407, html: true}),
		},
		{
			Code:    "proxy-refused",
			Title:   "the proxy does not let the agent reach {host}[: {network}]",
			Means:   "The proxy was reached and refused to open a connection to {host}.",
			Causes:  []string{"a rule of the proxy that does not allow {host}", "a proxy that cannot reach {host} itself (502, 503, 504)"},
			Confirm: "On the agent, curl -v -x <proxy> https://{host} shows the proxy's own words.",
			Fixes: []Fix{{Who: NetworkAdministrator, Steps: []string{
				"Look for {host} in the proxy's log at the time of this run.",
				"Allow CONNECT to {host}, port 443, from the agent.",
				rerun,
			}}},
			Links: []string{linkAgentHosts, linkAgentProxy},
			signs: []sign{{network: ProxyRefused}},
		},
		{
			Code:    "proxy-unreachable",
			Title:   "the proxy on the way to {host} cannot be reached[: {network}]",
			Means:   "The agent is told to use a proxy, and that proxy does not answer or its name does not resolve.",
			Causes:  []string{"a proxy address or port that is out of date", "a proxy that is down", "a proxy that came from the variable HTTPS_PROXY and is meant for something else"},
			Confirm: "The header of this step's log names the proxy and where it was taken from.",
			Fixes: []Fix{{Who: NetworkAdministrator, Steps: []string{
				"Compare the proxy named in the header of the log with the one that should be used.",
				"Correct it where it was set: the agent's file .proxy (config --proxyurl) or the variable HTTPS_PROXY, then restart the agent.",
				rerun,
			}}},
			Links: []string{linkAgentProxy},
			signs: append(inText("proxyconnect tcp: dial tcp", "proxyconnect tcp: dial tcp: lookup"), sign{network: ProxyUnreachable}),
		},
	}
}
