package broken

import "testing"

func TestSum(t *testing.T) {
	if Sum(2, 2) != 5 {
		t.Error("it is not 5")
	}
}
