package whautomate_test

import (
	"maps"
	"testing"

	"frontdesk/provider/providertest"
)

// TestRules tries each rule of the list by its name.
func TestRules(t *testing.T) {
	checks := sendRules()
	maps.Copy(checks, answerRules())
	maps.Copy(checks, hearRules())
	providertest.Rules(t, "testdata/rules.md", checks)
}
