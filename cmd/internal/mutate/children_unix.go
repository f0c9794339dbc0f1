//go:build unix

package main

import (
	"os/exec"
	"syscall"
	"time"
)

// withChildren has a program take its children with it when it is ended.
func withChildren(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}

// processor says how much time of a processor all programs took that ended.
func processor() string {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_CHILDREN, &used); err != nil {
		return "unknown"
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano()).Round(time.Second).String()
}
