package tcp

import (
	"net"
	"syscall"
	"time"
)

// userTimeout is TCP_USER_TIMEOUT of tcp(7).
const userTimeout = 0x12

// GiveUpAfter lets the kernel end a connection on which data was not
// acknowledged for so long. It comes on top of the deadlines: where the kernel
// does not take it, they hold alone.
func GiveUpAfter(c net.Conn, d time.Duration) {
	tcp, ok := c.(syscall.Conn)
	if !ok {
		return
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, userTimeout, int(d.Milliseconds()))
	})
}
