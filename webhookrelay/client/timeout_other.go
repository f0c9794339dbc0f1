//go:build !linux

package client

import (
	"net"
	"time"
)

// giveUpAfter does nothing where there is no TCP_USER_TIMEOUT: the deadlines
// hold alone.
func giveUpAfter(net.Conn, time.Duration) {}
