//go:build !linux

package tcp

import (
	"net"
	"time"
)

// GiveUpAfter does nothing where there is no TCP_USER_TIMEOUT: the deadlines
// hold alone.
func GiveUpAfter(net.Conn, time.Duration) {}
