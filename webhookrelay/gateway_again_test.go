package webhookrelay_test

import (
	"net/http"
	"testing"

	"frontdesk/provider"
	"frontdesk/webhookrelay/relaytest"
)

// A receipt proves that the network took what it had refused (Meta answers 503
// to what it then delivers): it is not sent again, whatever the refusal said.
func TestReceiptProvesARefusedSend(t *testing.T) {
	for name, refusal := range map[string]*provider.Error{
		"for now":  {Op: "send", Reason: provider.Unavailable, Text: "try again"},
		"for good": {Op: "send", Reason: provider.WindowClosed, Text: "window"},
	} {
		t.Run(name, func(t *testing.T) {
			p := gated(refusal)
			s := relaytest.New(t, relaytest.WithProvider(p))
			token := s.Token("ana")
			if status, a := send(t, s, token, outgoing("op-1")); status != http.StatusUnprocessableEntity {
				t.Fatalf("status %d, %+v", status, a)
			}
			s.Receive(receiptOf("op-1", "wamid.proof"))
			for range 2 { // the relay ends in between
				if status, a := send(t, s, token, outgoing("op-1")); status != http.StatusOK || a.Message != "wamid.proof" {
					t.Errorf("status %d, %+v", status, a)
				}
				s.Stop()
				s.Start()
			}
			if p.attempts() != 1 {
				t.Errorf("%d attempts", p.attempts())
			}
		})
	}
}
