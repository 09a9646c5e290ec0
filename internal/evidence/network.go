package evidence

// NetworkFailure says in which way an exchange ended without an answer.
type NetworkFailure int

// The ways an exchange can fail before there is an answer. The host or proxy it concerns is in Evidence.
const (
	None                NetworkFailure = iota
	DNSFailure                         // the name doesn't resolve
	ConnectionRefused                  // a machine answered: nothing listens there, or a firewall rejects
	ConnectTimeout                     // no answer to the attempt to connect
	ConnectionReset                    // the connection was closed in the middle
	TLSUntrusted                       // the certificate's issuer isn't trusted on this machine
	TLSExpired                         // the certificate isn't valid at this machine's time
	TLSHostname                        // the certificate belongs to another name
	ProxyAuthentication                // the proxy asks for credentials (407)
	ProxyRefused                       // the proxy answered CONNECT with another status; the status is in NetworkDetail
	ProxyUnreachable                   // the proxy itself can't be resolved or connected to
	Unreachable                        // no route to the host
	AnswerTimeout                      // connected, but no answer in time
	NotTLS                             // what answered doesn't speak TLS, or refused the handshake
	TooLarge                           // the answer passed the size limit
	HostNotAllowed                     // our own rule: this host may not receive this request
	Canceled                           // the job was canceled or the time of the run ran out
	OtherNetwork                       // anything else; NetworkDetail has the words
)

// String gives the failure in words that can follow a host name.
func (f NetworkFailure) String() string {
	switch f {
	case None:
		return "no network failure"
	case DNSFailure:
		return "name not resolved"
	case ConnectionRefused:
		return "connection refused"
	case ConnectTimeout:
		return "no answer to the connection attempt"
	case ConnectionReset:
		return "connection closed before the answer"
	case TLSUntrusted:
		return "certificate not trusted"
	case TLSExpired:
		return "certificate not valid at this time"
	case TLSHostname:
		return "certificate is for another host"
	case ProxyAuthentication:
		return "proxy asks for credentials"
	case ProxyRefused:
		return "proxy refused the connection"
	case ProxyUnreachable:
		return "proxy not reachable"
	case Unreachable:
		return "no route to the host"
	case AnswerTimeout:
		return "no answer in time"
	case NotTLS:
		return "no TLS connection"
	case TooLarge:
		return "answer too large"
	case HostNotAllowed:
		return "host not allowed"
	case Canceled:
		return "cancelled"
	default:
		return "network failure"
	}
}
