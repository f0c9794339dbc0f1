package safetext

import (
	"strings"
	"testing"

	"frontdesk/tui/tuitest/hostile"
)

func FuzzClean(f *testing.F) {
	for _, e := range hostile.Texts(f) {
		if s := e.Text(f); len(s) < 4096 {
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, s string) { check(t, s) })
}

func BenchmarkClean(b *testing.B) {
	for name, s := range map[string]string{
		"ascii 100":   strings.Repeat("hello word", 10),
		"spanish 100": strings.Repeat("técnico hó", 10),
		"emoji 100":   strings.Repeat("gracias 👍🏽 ", 10),
		"3 MB":        strings.Repeat("a\u0301\u200b", 600_000),
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Clean(s)
			}
		})
	}
}

func BenchmarkPad(b *testing.B) {
	for name, s := range map[string]string{
		"ascii": "Your room is ready, welcome back!", "spanish": "¿A qué hora llega el técnico?",
		"japanese": "予約を来週に変更できますか？",
	} {
		t := Line(s)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Measurer{}.Pad(t, 40)
			}
		})
	}
}

func BenchmarkMarkup(b *testing.B) {
	t := Clean(strings.Repeat("el *técnico* llega entre las _3_ y las 4, 予約 👍 ", 4))
	b.ReportAllocs()
	for b.Loop() {
		Measurer{}.Markup(t, 60)
	}
}
