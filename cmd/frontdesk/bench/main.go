// Command bench measures the screen of the real program in a real pseudo
// terminal and prints each figure beside a yardstick measured in the same run.
// It judges nothing: machines are shared and noisy, ratios are the result.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
)

func main() {
	binary := flag.String("binary", filepath.Join("bin", "frontdesk"), "the program to measure")
	runs := flag.Int("runs", 5, "starts per size")
	keys := flag.Int("keys", 60, "keys per start")
	yardstick := flag.Bool("yardstick", false, "be the yardstick: an empty Bubble Tea program")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	run := func() error { return measure(ctx, *binary, *runs, *keys) }
	if *yardstick {
		run = func() error { return empty(ctx) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// measure prints the screen's figures for each size, then the path's.
func measure(ctx context.Context, binary string, runs, keys int) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find this program: %w", err)
	}
	base, err := sample(runs, keys, func() *exec.Cmd { return exec.CommandContext(ctx, self, "-yardstick") })
	if err != nil {
		return fmt.Errorf("measure the empty program: %w", err)
	}
	fmt.Println("screen, 160x48, pty: median of", runs, "starts,", keys, "keys each")
	base.print("empty Bubble Tea program", base)
	for _, n := range []int{10_000, 100_000} {
		if err := measureSize(ctx, binary, n, runs, keys, base); err != nil {
			return err
		}
	}
	return measurePath(ctx)
}

func measureSize(ctx context.Context, binary string, n, runs, keys int, base figures) error {
	dir, err := os.MkdirTemp("", "frontdesk-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := fill(ctx, dir, n); err != nil {
		return fmt.Errorf("fill %d conversations: %w", n, err)
	}
	f, err := sample(runs, keys, func() *exec.Cmd { return exec.CommandContext(ctx, binary, "--dir", dir) })
	if err != nil {
		return fmt.Errorf("measure %d conversations: %w", n, err)
	}
	f.print(fmt.Sprintf("frontdesk, %d conversations", n), base)
	return nil
}
