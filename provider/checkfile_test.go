package provider

import (
	"errors"
	"testing"
)

// A file is judged by itself as it is within its message.
func TestCheckFileAgreesWithCheck(t *testing.T) {
	c := &Capabilities{
		Send: map[ContentKind]Level{Text: Full, Image: Full, Video: Dropped, Document: Converted},
		Media: map[ContentKind]MediaRule{
			Image: {Types: map[string]int64{"image/jpeg": 10}}, Document: {Max: 20},
		},
	}
	for _, kind := range append(FileKinds(), Text, Location) {
		for _, mime := range []string{"", "image/jpeg", "image/gif"} {
			for _, size := range []int64{0, 10, 11, 20, 21} {
				file := c.CheckFile(kind, mime, size)
				var refusal *Refusal
				if file != nil && !errors.As(file, &refusal) {
					t.Fatalf("%v", file)
				}
				if kind == Text || kind == Location {
					if refusal == nil || refusal.Reason != RefusedKind {
						t.Errorf("%s is a file: %v", kind, file)
					}
					continue
				}
				m := Outgoing{Content: Content{Kind: kind, Media: &Media{ID: "1", MIME: mime, Size: size}}}
				var whole *Refusal
				errors.As(c.Check(m, m.At, m.At), &whole)
				if (whole == nil) != (refusal == nil) || whole != nil && *whole != *refusal {
					t.Errorf("%s %s %d: %v, and in a message %v", kind, mime, size, refusal, whole)
				}
			}
		}
	}
	if r := new(Refusal); !errors.As(c.CheckFile(Image, "image/jpeg", 11), &r) || r.Reason != RefusedSize || r.Limit != 10 {
		t.Errorf("%+v", r)
	}
}
