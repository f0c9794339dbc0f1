package webhookrelay

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

const (
	maxPublishBody = 256 << 10
	maxPublish     = 200 // facts in one request
	maxID          = 200 // characters of an id
)

// published is a team fact as a terminal sends it. Who did it is not in it:
// that is the token's to say.
type published struct {
	ID           string               `json:"id"`
	Account      provider.AccountID   `json:"account"`
	Conversation event.ConversationID `json:"conversation"`
	Kind         string               `json:"kind"`
	Version      int                  `json:"v"`
	Body         json.RawMessage      `json:"body"`
	Expect       *event.Expect        `json:"expect"`
}

// publish appends what terminals say the team did: all facts of a request, or
// none.
func (r *Relay) publish(w http.ResponseWriter, req *http.Request) {
	token, err := r.tokens.authenticate(req)
	if err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	entries, err := r.readFacts(w, req, token.Name)
	if err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	results, err := r.log.append(req.Context(), write{entries: entries})
	if err != nil {
		refuse(w, req, r.logger, err)
		return
	}
	for _, result := range results {
		if result.Conflict != nil {
			answer(w, http.StatusConflict, map[string]any{"error": conflictError(result.Conflict), "results": results})
			return
		}
	}
	answer(w, http.StatusOK, map[string]any{"results": results})
}

func conflictError(c *Conflict) *apiError {
	if c.Seq == 0 {
		return &apiError{Code: "conflict", Text: "It never changed in this log. Look again, then decide."}
	}
	return &apiError{
		Code: "conflict",
		Text: fmt.Sprintf("%s was first: %s at %d. Look again, then decide.", c.By, c.Kind, c.Seq),
	}
}

func (r *Relay) readFacts(w http.ResponseWriter, req *http.Request, by event.AgentID) ([]entry, error) {
	body, err := readBody(w, req, maxPublishBody)
	if err != nil {
		return nil, err
	}
	var request struct {
		Events []published `json:"events"`
	}
	if err := json.Unmarshal(body, &request); err != nil {
		return nil, badRequest("The body is not the JSON expected here. Update frontdesk.")
	}
	if len(request.Events) == 0 || len(request.Events) > maxPublish {
		return nil, badRequest(fmt.Sprintf("A request holds 1 to %d events. Split it.", maxPublish))
	}
	entries := make([]entry, len(request.Events))
	for i, p := range request.Events {
		if entries[i], err = r.factOf(p, by); err != nil {
			return nil, err
		}
	}
	return entries, nil
}

var conversationID = regexp.MustCompile(`^c_[a-z2-7]{26}$`)

func (r *Relay) factOf(p published, by event.AgentID) (entry, error) {
	account, known := r.accounts[p.Account]
	switch {
	case !event.TeamFact(p.Kind):
		return entry{}, badRequest("Terminals may not publish this kind of event. Update frontdesk.")
	case !known:
		return entry{}, badRequest("The relay has no such account. Check the account's id in both configurations.")
	case p.Conversation != "" && !conversationID.MatchString(string(p.Conversation)),
		p.Conversation == "" && p.Kind != event.KindTemplates:
		return entry{}, badRequest("The event names no conversation. Update frontdesk.")
	case !publishableID(p.ID):
		return entry{}, badRequest("The event's id is empty, too long or not a terminal's to give. Update frontdesk.")
	case account.Provider != nil && (p.Kind == event.KindSend || p.Kind == event.KindTemplates):
		return entry{}, badRequest("The relay itself sends for this account. Set its mode to gateway.")
	case p.Expect != nil && event.AspectOf(p.Kind) != p.Expect.Aspect:
		return entry{}, badRequest("The precondition is about something this event does not change. Update frontdesk.")
	}
	body := event.DecodeBody(p.Kind, p.Version, p.Body)
	if _, opaque := body.(event.Opaque); opaque || p.Version < 1 {
		return entry{}, badRequest("The event's body cannot be read here. Update the relay, or frontdesk.")
	}
	made, err := newEntry(event.Event{
		ID: p.ID, Account: p.Account, Conversation: p.Conversation,
		Kind: p.Kind, Version: p.Version, By: by, Body: body,
	})
	made.expect = p.Expect
	return made, err
}

// relayPrefixes begin the ids of facts that the relay or a network gives. A
// terminal that could use one could make the log take a customer's message for
// a repetition.
var relayPrefixes = []string{"account:", "agent:", "templates:", "hook:", "gw:"}

func publishableID(id string) bool {
	if id == "" || len(id) > maxID || (len(id) > 1 && id[1] == ':') {
		return false
	}
	for _, prefix := range relayPrefixes {
		if strings.HasPrefix(id, prefix) {
			return false
		}
	}
	return true
}
