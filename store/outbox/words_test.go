package outbox

import (
	"errors"
	"strings"
	"testing"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// TestRefusalsInWords: whoever reads a refusal is told what can be done, which is
// another thing where a template may still go.
func TestRefusalsInWords(t *testing.T) {
	for _, c := range []struct {
		refusal provider.Refusal
		reason  provider.Reason
		words   string
	}{
		{provider.Refusal{Reason: provider.RefusedWindow, Outside: provider.TemplatesOnly}, provider.WindowClosed, "Send a template"},
		{provider.Refusal{Reason: provider.RefusedWindow}, provider.WindowClosed, "Wait until the customer writes"},
		{provider.Refusal{Reason: provider.RefusedKind}, provider.NotSupported, "Send it as text"},
		{provider.Refusal{Reason: provider.RefusedReplyTo}, provider.NotSupported, "without the quote"},
		{provider.Refusal{Reason: provider.RefusedLength}, provider.TooLong, "Shorten it"},
		{provider.Refusal{Reason: provider.RefusedMIME}, provider.MediaRejected, "another type"},
		{provider.Refusal{Reason: provider.RefusedSize}, provider.MediaRejected, "smaller file"},
		{provider.Refusal{Reason: provider.RefusedValue}, provider.TemplateParams, "Fill it in again"},
		{provider.Refusal{Reason: provider.RefusedBlocked}, provider.Blocked, "Unblock them"},
		{provider.Refusal{Reason: provider.RefusedConsent}, provider.OptedOut, "no more messages"},
		{provider.Refusal{Reason: provider.RefusedMarketing}, provider.OptedOut, "no more marketing"},
		{provider.Refusal{Reason: provider.RefusedEmpty}, provider.Invalid, "Write something"},
	} {
		got := refused(&c.refusal)
		if got.State != event.JobFailed || got.Error.Reason != c.reason || !strings.Contains(got.Error.Text, c.words) {
			t.Errorf("%s: %s, %v", c.refusal.Reason, got.State, got.Error)
		}
	}
	if got := refused(errors.New("another")); got.State != event.JobFailed || got.Error.Reason != provider.Invalid || got.Error.Text == "" {
		t.Errorf("another: %v", got.Error)
	}
}
