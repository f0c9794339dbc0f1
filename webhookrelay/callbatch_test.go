package webhookrelay

import (
	"encoding/json"
	"errors"
	"slices"
	"testing"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

func twoGuests(id string, attempt int) provider.Call {
	const text = "Breakfast is in the garden today."
	return provider.Call{What: provider.CallBatch, Chat: provider.ChatKey{Account: "hotel"}, Batch: &provider.Batch{
		ID: id, Attempt: attempt, Name: "garden",
		Messages: []provider.BatchMessage{{To: guest, Text: text}, {To: "34600999888", Text: text}},
	}}
}

// said are the states in which the team was told of a batch.
func (h *house) batchSaid(id string) (states []event.BatchState, by event.AgentID) {
	for _, e := range h.log1() {
		set, ok := e.Body.(event.Set)
		if !ok || set.What != event.SettingBatch || set.Name != id {
			continue
		}
		var b event.Batch
		if err := json.Unmarshal(set.Value, &b); err != nil || b.Recipients != 2 || b.Account != "hotel" || b.Name != "garden" {
			h.t.Errorf("%s, %v", set.Value, err)
		}
		states, by = append(states, b.State), e.By
	}
	return states, by
}

// TestABatchIsHandedOverOnce: by who may send to many; the team has it before and after,
// whatever came of it; the same attempt, whoever makes it, does not reach the network.
func TestABatchIsHandedOverOnce(t *testing.T) {
	for name, c := range map[string]struct {
		role   event.Role
		fails  error
		want   int
		ends   []event.BatchState
		unsure bool
	}{
		"taken":          {event.RoleSupervisor, nil, 200, []event.BatchState{event.BatchBegun, event.BatchTaken}, false},
		"by an agent":    {event.RoleAgent, nil, 403, nil, false},
		"nobody reached": {event.RoleAdmin, errDown, 422, []event.BatchState{event.BatchBegun, event.BatchRefused}, false},
		"no answer":      {event.RoleAdmin, errVague, 422, []event.BatchState{event.BatchBegun, event.BatchUnsure}, true},
		"a panic":        {event.RoleAdmin, errPanic, 422, []event.BatchState{event.BatchBegun, event.BatchUnsure}, true},
	} {
		t.Run(name, func(t *testing.T) {
			h := openHouse(t)
			h.net.fails = c.fails
			status, said := h.call(c.role, twoGuests("b1", 1))
			if status != c.want || status == 200 && (said.Batch == nil || said.Batch.ID != "batch_1") {
				t.Fatalf("%d, %+v", status, said)
			}
			if status == 422 && (said.Error == nil || said.Error.Uncertain != c.unsure || said.Error.Text == "") {
				t.Errorf("%+v", said.Error)
			}
			states, by := h.batchSaid("b1")
			if !slices.Equal(states, c.ends) || len(states) > 0 && by == "" {
				t.Errorf("the team has %v by %q", states, by)
			}
			if c.want == 403 {
				if len(h.net.batches) > 0 {
					t.Error("the network was asked")
				}
				return
			}
			if status, said := h.call(event.RoleAdmin, twoGuests("b1", 1)); status != 422 || said.Error.Code != "batch_known" || len(h.net.batches) != 1 {
				t.Errorf("again: %d, %+v, %d at the network", status, said.Error, len(h.net.batches))
			}
		})
	}
}

// TestABatchIsJudged: nobody who wants no message is in one, and what is no batch is
// none.
func TestABatchIsJudged(t *testing.T) {
	h := openHouse(t)
	for name, change := range map[string]func(*provider.Call){
		"no batch": func(c *provider.Call) { c.Batch = nil }, "no id": func(c *provider.Call) { c.Batch.ID = "" },
		"no attempt": func(c *provider.Call) { c.Batch.Attempt = 0 }, "of a chat": func(c *provider.Call) { c.Chat.Chat = guest },
		"empty":    func(c *provider.Call) { c.Batch.Messages = nil },
		"too many": func(c *provider.Call) { c.Batch.Messages = make([]provider.BatchMessage, provider.MaxBatch+1) },
	} {
		c := twoGuests("b2", 1)
		change(&c)
		if status, _ := h.call(event.RoleAdmin, c); status != 400 {
			t.Errorf("%s: %d", name, status)
		}
	}
	h.writes("STOP")
	if status, said := h.call(event.RoleAdmin, twoGuests("b2", 1)); status != 422 || said.Error.Code != "batch_unwanted" || said.Error.Uncertain {
		t.Errorf("%d, %+v", status, said.Error)
	}
	if states, _ := h.batchSaid("b2"); len(states) > 0 || len(h.net.batches) > 0 {
		t.Errorf("the team has %v, the network %d", states, len(h.net.batches))
	}
	long := provider.Call{What: provider.CallHistory, Chat: provider.ChatKey{Account: "hotel", Chat: guest}, Text: string(make([]byte, maxCallBody))}
	if status, _ := h.call(event.RoleAdmin, long); status != 413 {
		t.Errorf("a long question: %d", status)
	}
}

var errPanic = errors.New("panic")
