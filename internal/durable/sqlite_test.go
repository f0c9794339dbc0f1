package durable

import "testing"

func TestJudgeSQLite(t *testing.T) {
	for version, refused := range map[string]bool{
		"3.51.2": true, "3.50.9": true, "2.99.99": true, "3.51.2.1": true, "": true, "new": true,
		"3.51.3": false, "3.52.0": false, "4.0.0": false,
	} {
		if err := JudgeSQLite(version); (err != nil) != refused {
			t.Errorf("%q: %v", version, err)
		}
	}
}
