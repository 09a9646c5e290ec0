package diagnosis

const unknownHostTest = "On the agent, nslookup {host} (or Resolve-DnsName {host}) gives the same answer."

// networkEntries are about a host that was never reached.
func networkEntries() []Entry {
	return []Entry{
		{
			Code:    "dns-failure",
			Title:   "the name {host} does not resolve on agent '{agent}'[: {network}]",
			Means:   "The agent's DNS server has no address for {host}, so no connection was tried.",
			Causes:  []string{"a network without DNS for names on the internet", "a private DNS zone that lacks the name", "a name that is mistyped in the connection"},
			Confirm: unknownHostTest,
			Fixes: []Fix{{Who: NetworkAdministrator, Steps: []string{
				"On the agent run nslookup {host} and see which server answers.",
				"Forward names on the internet from that server, or add the name to the private zone.",
				"If the agent may reach the internet through a proxy only, configure the agent with it (config --proxyurl): the proxy then resolves names.",
				rerun,
			}}},
			Links: []string{linkAgentHosts},
			signs: append(inText(": no such host", "no such host is known", "temporary failure in name resolution", "could not resolve host", "getaddrinfo enotfound"), sign{network: DNSFailure}),
		},
		{
			Code:       "connection-refused",
			Title:      "{host} refused the connection[: {network}]",
			Means:      "A machine answered at that address and declined: nothing listens there, or a firewall rejects.",
			Causes:     []string{"a firewall that rejects outgoing connections", "a DNS entry that points to the wrong machine"},
			Confirm:    "On the agent, curl -v https://{host} ends in the same way.",
			Confidence: Likely,
			Fixes:      openFirewall(),
			Links:      []string{linkAgentHosts},
			signs:      append(inText(": connection refused", "target machine actively refused it", "connect econnrefused"), sign{network: ConnectionRefused}),
		},
		{
			Code:       "connect-timeout",
			Title:      "{host} did not answer the attempt to connect[: {network}]",
			Means:      "Nothing came back at all, which is how a firewall looks that drops what it does not allow.",
			Causes:     []string{"a firewall or network security group that drops outgoing connections", "an agent that must use a proxy and was not told so", "a route that leads nowhere"},
			Confirm:    "On the agent, curl -v https://{host} waits in the same way.",
			Confidence: Likely,
			Fixes:      openFirewall(),
			Links:      []string{linkAgentHosts, linkAgentProxy},
			signs:      append(inText("did not properly respond after a period of time", "connect etimedout", ":443: i/o timeout"), sign{network: ConnectTimeout}),
		},
		{
			Code:       "connection-reset",
			Title:      "the connection to {host} was closed before the answer[: {network}]",
			Means:      "The connection was made and then cut by the other side or by something between.",
			Causes:     []string{"a device that inspects traffic and closes what it does not like", "a short disturbance", "a limit on idle connections"},
			Confirm:    "It happens again with curl -v https://{host} on the agent.",
			Retry:      RetryTransient,
			Confidence: Likely,
			Fixes: []Fix{{Who: NetworkAdministrator, Steps: []string{
				rerun,
				"If it happens again, look for {host} in the logs of the firewall and of any device that inspects TLS.",
				"Exempt {host} from inspection.",
			}}},
			Links: []string{linkAgentHosts},
			signs: append(inText("connection reset by peer", "forcibly closed by the remote host", "read econnreset"), sign{network: ConnectionReset}),
		},
		{
			Code:       "answer-timeout",
			Title:      "{host} accepted the connection and did not answer in time[: {network}]",
			Means:      "The way to {host} is open. The answer took longer than one attempt may.",
			Causes:     []string{"a service that is overloaded", "a slow proxy or inspection device", "packets that are too large for the path (MTU)"},
			Confirm:    "curl -v https://{host} on the agent waits after the connection was made.",
			Retry:      RetryTransient,
			Confidence: Likely,
			Fixes: []Fix{{Who: NetworkAdministrator, Steps: []string{
				rerun,
				"If it happens again, compare the time with and without the proxy, and look at " + linkAzureStatus + ".",
			}}},
			Links: []string{linkAgentHosts, linkAzureStatus},
			signs: append(inText("tls handshake timeout", "timeout awaiting response headers", "exceeded while awaiting headers"), sign{network: AnswerTimeout}),
		},
		{
			Code:    "no-route",
			Title:   "agent '{agent}' has no route to {host}[: {network}]",
			Means:   "The agent's own network knows no way to the address of {host}.",
			Causes:  []string{"a network without access to the internet", "an IPv6 address on a machine that has IPv4 only, or the other way round", "a virtual network interface that is down"},
			Confirm: "On the agent, ip route get <address> (Linux) or Test-NetConnection {host} -Port 443 (Windows) fails.",
			Fixes:   openFirewall(),
			Links:   []string{linkAgentHosts},
			signs:   append(inText("connect: no route to host", "connect: network is unreachable"), sign{network: Unreachable}),
		},
		{
			Code:       networkFailure,
			Title:      "no answer from {host}[: {network}]",
			Means:      "The exchange with {host} ended without an answer, in a way that has no name of its own.",
			Causes:     []string{"a device between the agent and {host}", "a machine that is short of memory or connections"},
			Confirm:    "curl -v https://{host} on the agent.",
			Confidence: Guess,
			Fixes:      openFirewall(),
			Links:      []string{linkAgentHosts},
			signs:      []sign{{network: OtherNetwork}},
		},
	}
}

// networkFailure is also the code of evidence without an answer that fits no entry.
const networkFailure Code = "network-failure"

// inText finds what programs write when the network fails them. An answer of a service that holds the same words speaks
// of another exchange than ours.
func inText(phrases ...string) []sign {
	var signs []sign
	for _, phrase := range phrases {
		signs = append(signs, sign{text: true, phrase: phrase})
	}
	return signs
}

func openFirewall() []Fix {
	return []Fix{
		{With: "hosted=yes", Who: PipelineAuthor, Steps: []string{
			"Re-run the failed job: a Microsoft-hosted agent is a new machine with a new address each time.",
			"If it happens again, look at " + linkAzureStatus + " and at " + linkDevOpsStatus + ".",
		}},
		{Who: NetworkAdministrator, Steps: []string{
			"On the agent try curl -v https://{host} and see where it stops.",
			"Allow outgoing connections from the agent to {host}, TCP port 443.",
			"If the agent must use a proxy, configure the agent with it (config --proxyurl, or the file .proxy) and restart it.",
			rerun,
		}},
	}
}
