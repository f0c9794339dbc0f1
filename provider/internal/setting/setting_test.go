package setting

import (
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	keys := []Key{{Name: "id", Required: true}, {Name: "base", Default: "https://d"}, {Name: "token", Required: true}, {Name: "old"}}
	cases := map[string]struct {
		in    map[string]string
		want  map[string]string
		wrong []string
	}{
		"whole":    {in: map[string]string{"id": "1", "token": "t"}, want: map[string]string{"id": "1", "token": "t", "base": "https://d", "old": ""}},
		"given":    {in: map[string]string{"id": "1", "token": "t", "base": "b", "old": "o"}, want: map[string]string{"id": "1", "token": "t", "base": "b", "old": "o"}},
		"missing":  {in: map[string]string{"id": "1"}, wrong: []string{`"token" is missing`, "set it"}},
		"blank":    {in: map[string]string{"id": "1", "token": " "}, wrong: []string{`"token" is missing`}},
		"misspelt": {in: map[string]string{"id": "1", "tokken": "SECRET"}, wrong: []string{`"tokken" is not a key`, "use id, base, token, old"}},
		"nothing":  {wrong: []string{`"id" is missing`}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := Read(c.in, keys...)
			if (err == nil) != (len(c.wrong) == 0) {
				t.Fatalf("%v, %v", got, err)
			}
			for _, word := range c.wrong {
				if !strings.Contains(err.Error(), word) || strings.Contains(err.Error(), "SECRET") {
					t.Errorf("%q does not say %q", err, word)
				}
			}
			for key, value := range c.want {
				if got[key] != value {
					t.Errorf("%s is %q, want %q", key, got[key], value)
				}
			}
		})
	}
}
