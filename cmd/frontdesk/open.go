package main

import (
	"context"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// openPatience is how long a program that opens addresses may take to hand one
// on.
const openPatience = 20 * time.Second

// openAddress hands an address to the system's own program for it, as one
// argument and through no shell. The caller has judged the address; what is not
// of the four kinds is refused here once more, so that none can be an option.
func openAddress(ctx context.Context, address string) error {
	name, args := opener(runtime.GOOS)
	if !openable(address) {
		return &fault{what: "this is no address that may be opened", todo: "copy the text with y"}
	}
	ctx, cancel := context.WithTimeout(ctx, openPatience)
	defer cancel()
	if err := exec.CommandContext(ctx, name, append(args, address)...).Run(); err != nil { //nolint:gosec // one argument of a judged form
		return &fault{what: "the address was not opened", todo: "copy the text with y", err: err}
	}
	return nil
}

func openable(address string) bool {
	for _, scheme := range []string{"https://", "http://", "mailto:", "tel:"} {
		if strings.HasPrefix(address, scheme) {
			return !strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '"' })
		}
	}
	return false
}

func opener(system string) (name string, args []string) {
	switch system {
	case "darwin":
		return "open", nil
	case "windows":
		return "rundll32", []string{"url.dll,FileProtocolHandler"}
	}
	return "xdg-open", nil
}
