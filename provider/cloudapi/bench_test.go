package cloudapi

import (
	"os"
	"testing"
)

// BenchmarkDecode decodes recorded webhooks; the bytes are the body's.
func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"text", "statuses", "batch"} {
		b.Run(name, func(b *testing.B) {
			body, err := os.ReadFile("testdata/webhook/" + name + ".json")
			if err != nil {
				b.Fatal(err)
			}
			hook := testHook(b)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := hook.Decode(body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
