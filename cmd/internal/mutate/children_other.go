//go:build !unix

package main

import "os/exec"

// withChildren does nothing: there are no groups of processes here.
func withChildren(*exec.Cmd) {}

// processor is not known here.
func processor() string { return "unknown" }
