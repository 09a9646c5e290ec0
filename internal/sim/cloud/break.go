package cloud

import (
	"context"
	"net"
	"os"
	"syscall"
)

// Break is a network failure of one host.
type Break int

// The ways in which a host can be out of reach or not be what it says.
const (
	Works         Break = iota
	NoSuchHost          // the name doesn't resolve
	Refused             // connection refused
	Silent              // packets are dropped: the dial ends with its context
	NoRoute             // no route to host
	Reset               // the connection is made and reset during the handshake
	NotTLS              // plain HTTP where TLS was due
	Untrusted           // certificate of an unknown authority, as behind TLS inspection
	ExpiredTLS          // certificate out of date
	WrongHostname       // certificate for another name
)

// dialError is the error that the real dialer would give, nil when the connection is made.
func (b Break) dialError(ctx context.Context, network, host string) error {
	switch b {
	case NoSuchHost:
		return &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "no such host", Name: host, Server: "192.0.2.53:53", IsNotFound: true}}
	case Refused:
		return &net.OpError{Op: "dial", Net: network, Addr: unreachable, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	case NoRoute:
		return &net.OpError{Op: "dial", Net: network, Addr: unreachable, Err: os.NewSyscallError("connect", syscall.EHOSTUNREACH)}
	case Silent:
		<-ctx.Done()
		err := ctx.Err()
		if err == context.DeadlineExceeded {
			err = os.ErrDeadlineExceeded // what a real dial reports: an i/o timeout
		}
		return &net.OpError{Op: "dial", Net: network, Addr: unreachable, Err: err}
	}
	return nil
}

// unreachable is an address from the range for documentation, as a real error would name one.
var unreachable = &net.TCPAddr{IP: net.IPv4(192, 0, 2, 1), Port: 443}

// resetConn is cut by the other side as soon as something is read from it.
type resetConn struct{ net.Conn }

func (c *resetConn) Read([]byte) (int, error) {
	return 0, &net.OpError{Op: "read", Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: os.NewSyscallError("read", syscall.ECONNRESET)}
}
