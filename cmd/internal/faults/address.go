package faults

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"testing"
)

// Address is one on this machine that nobody listens on, for a program that must be
// told where to listen. It lies below the ports that connections are given: those
// come and go between this look and the program's own.
func Address(t testing.TB) string {
	t.Helper()
	for range 200 {
		address := fmt.Sprintf("127.0.0.1:%d", 12_000+rand.IntN(20_000))
		l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", address)
		if err != nil {
			continue
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		return address
	}
	t.Fatal("no port from 12000 to 32000 is free")
	return ""
}
