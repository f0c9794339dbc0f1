package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"time"

	"frontdesk/cmd/internal/ptyscreen"
)

// ready is what both programs show when their first full screen stands: the
// name at the top left.
const ready = "frontdesk"

// figures are what one program costs.
type figures struct {
	paint    []time.Duration // start → first full screen
	frame    []time.Duration // key → the bytes that change the screen
	keyBytes []int64
	rss      []int64 // kB after use
}

func sample(runs, keys int, program func() *exec.Cmd) (figures, error) {
	var f figures
	for range runs {
		if err := f.run(keys, program()); err != nil {
			return f, err
		}
	}
	return f, nil
}

func (f *figures) run(keys int, cmd *exec.Cmd) error {
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8")
	start := time.Now()
	s, err := ptyscreen.Start(cmd, 160, 48)
	if err != nil {
		return err
	}
	defer s.Close()
	if _, err := s.Wait(20*time.Second, painted); err != nil {
		return err
	}
	f.paint = append(f.paint, time.Since(start))
	s.Quiet(300 * time.Millisecond)
	for i := range keys {
		if err := f.key(s, "jk"[i/8%2:i/8%2+1]); err != nil {
			return err
		}
	}
	f.rss = append(f.rss, residentKB(s.Process().Pid))
	return nil
}

func painted(screen string) bool {
	lines := strings.Split(screen, "\n")
	return strings.HasPrefix(strings.TrimSpace(lines[0]), ready) && len(strings.TrimSpace(lines[10])) > 0
}

func (f *figures) key(s *ptyscreen.Screen, key string) error {
	before := s.Bytes()
	if err := s.Type(key); err != nil {
		return err
	}
	took, err := s.Wait(2*time.Second, func(string) bool { return s.Bytes() != before })
	if err != nil {
		return fmt.Errorf("key %s changed nothing: %w", key, err)
	}
	f.frame = append(f.frame, took)
	s.Quiet(30 * time.Millisecond)
	f.keyBytes = append(f.keyBytes, s.Bytes()-before)
	return nil
}

func (f figures) print(name string, base figures) {
	fmt.Printf("  %-34s first paint %6.1f ms (%.1fx)   key→frame p50 %5.1f p95 %5.1f ms (%.1fx)   %5d bytes/key   %3d MB\n",
		name, ms(at(f.paint, 50)), ratio(at(f.paint, 50), at(base.paint, 50)),
		ms(at(f.frame, 50)), ms(at(f.frame, 95)), ratio(at(f.frame, 50), at(base.frame, 50)),
		at(f.keyBytes, 50), at(f.rss, 50)/1024)
}

func at[T int64 | time.Duration](all []T, percent int) T {
	if len(all) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(all))
	return sorted[min(len(sorted)-1, len(sorted)*percent/100)]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func ratio(a, b time.Duration) float64 { return float64(a) / float64(max(b, 1)) }

func residentKB(pid int) int64 {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0 // only Linux tells
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb
		}
	}
	return 0
}
