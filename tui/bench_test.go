package tui

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"frontdesk/store"
	"frontdesk/store/storetest"
	"frontdesk/tui/tuitest"
)

// fill returns a store with n conversations and messages more, in many scripts.
func fill(b *testing.B, n, messages int) *store.Store {
	b.Helper()
	st := storetest.Open(b, filepath.Join(b.TempDir(), "store.db"))
	if err := storetest.Fill(b.Context(), st, n, messages, 1); err != nil {
		b.Fatal(err)
	}
	return st
}

// steady returns an app that shows All of a store, run without a terminal.
func steady(b *testing.B, st *store.Store) *App {
	b.Helper()
	a := New(b.Context(), options(st))
	a.tick = still
	a.resize(160, 48)
	drain(a, a.showView(store.ViewAll))
	drain(a, a.readCounts())
	a.View()
	return a
}

// still is a clock that never goes off.
func still(context.Context, time.Duration, func(time.Time) tea.Msg) tea.Cmd { return nil }

// drain runs commands and what comes of them, as the program does.
func drain(a *App, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			drain(a, c)
		}
	default:
		_, next := a.Update(msg)
		drain(a, next)
	}
}

// BenchmarkView is the frame drawn anew with every row cached, as after a key
// that changes one of them. The yardstick is 0.3 ms.
func BenchmarkView(b *testing.B) {
	a := steady(b, fill(b, 10_000, 10_000))
	b.ReportAllocs()
	for b.Loop() {
		a.dirty = true
		a.View()
	}
	b.ReportMetric(float64(len(a.frame)), "bytes/frame")
}

// BenchmarkKeyToView is one key in the list of 100k conversations until its
// frame, without what is read for it afterwards.
func BenchmarkKeyToView(b *testing.B) {
	a := steady(b, fill(b, 100_000, 10_000))
	b.ReportAllocs()
	keys := []string{"j", "j", "j", "k"}
	for i := 0; b.Loop(); i++ {
		_, cmd := a.Update(tuitest.Key(keys[i%len(keys)]))
		a.View()
		b.StopTimer()
		drain(a, cmd)
		b.StartTimer()
	}
}

// BenchmarkKeyToThread is the same until the thread of the next conversation
// is read and shown.
func BenchmarkKeyToThread(b *testing.B) {
	a := steady(b, fill(b, 100_000, 10_000))
	b.ReportAllocs()
	keys := []string{"j", "j", "j", "k"}
	for i := 0; b.Loop(); i++ {
		_, cmd := a.Update(tuitest.Key(keys[i%len(keys)]))
		drain(a, cmd)
		a.View()
	}
}
