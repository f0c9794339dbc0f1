package webhookrelay

import (
	"net/http"
	"path/filepath"
	"testing"

	"frontdesk/provider"
)

// proving is a driver that reads in every body that the network has op0.
type proving struct{}

func (proving) Verify(*http.Request, []byte) error { return nil }

func (proving) Decode([]byte) ([]provider.Event, error) {
	return []provider.Event{{
		Route: "inbox", ID: "s:wamid.late:sent", Chat: provider.ChatID(otherPhone),
		Body: provider.Receipt{Op: "op0", Message: "wamid.late", Status: provider.Sent},
	}}, nil
}

// A receipt that is found only when its body is decoded again proves the send as
// one that was read at first.
func TestReprocessedReceiptProvesASend(t *testing.T) {
	l := newLog(t, filepath.Join(t.TempDir(), "relay.db"))
	defer l.close()
	sendOp(t, l, "op0", "unsure")
	h := &hook{Hook: Hook{ID: "meta", Webhook: proving{}}, routes: map[provider.Route][]provider.AccountID{"inbox": {"inbox"}}}
	var d delivery
	d.quarantine(h, "", "the body", "the body could not be read")
	if _, err := l.append(t.Context(), write{entries: d.entries, raw: []byte("the body"), hook: "meta"}); err != nil {
		t.Fatal(err)
	}
	q := &Quarantine{log: l, hooks: map[string]*hook{"meta": h}}
	for range 2 { // the second time there is nothing to do
		if _, err := q.Reprocess(t.Context(), "", 0); err != nil {
			t.Fatal(err)
		}
		o, _, err := l.findOp(t.Context(), "op0")
		if err != nil || o.state != "sent" || o.message != "wamid.late" || o.err != nil {
			t.Errorf("the send is %+v, %v", o, err)
		}
	}
	if list, err := q.List(t.Context(), "", false); err != nil || len(list) != 0 {
		t.Errorf("left: %+v, %v", list, err)
	}
}
