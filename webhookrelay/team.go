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
	entries, err := r.readFacts(w, req, token)
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
	if c.Text != "" {
		return &apiError{Code: "conflict", Text: c.Text}
	}
	if c.Seq == 0 {
		return &apiError{Code: "conflict", Text: "It never changed in this log. Look again, then decide."}
	}
	return &apiError{
		Code: "conflict",
		Text: fmt.Sprintf("%s was first: %s at %d. Look again, then decide.", c.By, c.Kind, c.Seq),
	}
}

func (r *Relay) readFacts(w http.ResponseWriter, req *http.Request, by Token) ([]entry, error) {
	body, err := readBody(w, req, maxPublishBody, everybody)
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
	if decidesTwice(entries) {
		return nil, badRequest("A request may decide about a send once. Update frontdesk.")
	}
	return entries, nil
}

func decidesTwice(entries []entry) bool {
	seen := map[provider.OpID]bool{}
	for _, e := range entries {
		if e.verdict == nil {
			continue
		}
		if seen[e.verdict.op] {
			return true
		}
		seen[e.verdict.op] = true
	}
	return false
}

var (
	errGatewayOnly = badRequest("The relay itself sends for this account. Set its mode to gateway.")
	errPostedHere  = badRequest("The network posts the receipts of this account to the relay. No terminal needs to ask for them.")
)

// pastPrefix begins the id of what a terminal has read back of a history.
const pastPrefix = "past:"

// ofTeam reports a kind that is no network's word.
func ofTeam(kind string) bool {
	return event.TeamFact(kind) && kind != event.KindTemplates && kind != event.KindManaged
}

var conversationID = regexp.MustCompile(`^c_[a-z2-7]{26}$`)

func (r *Relay) factOf(p published, by Token) (entry, error) {
	account, known := r.accounts[p.Account]
	if event.Nowhere(p.Kind) {
		known = p.Account == ""
	}
	switch {
	case !event.TeamFact(p.Kind) && !event.Observed(p.Kind) && p.Kind != provider.KindMessage && p.Kind != provider.KindEcho:
		return entry{}, badRequest("Terminals may not publish this kind of event. Update frontdesk.")
	case !known:
		return entry{}, badRequest("The relay has no such account. Check the account's id in both configurations.")
	case p.Conversation != "" && !conversationID.MatchString(string(p.Conversation)),
		(p.Conversation == "") != (event.TeamWide(p.Kind) || p.Kind == provider.KindHealth):
		return entry{}, badRequest("The event names no conversation. Update frontdesk.")
	case !publishableID(p.ID):
		return entry{}, badRequest("The event's id is empty, too long or not a terminal's to give. Update frontdesk.")
	case account.Provider != nil && !ofTeam(p.Kind):
		return entry{}, errGatewayOnly
	case account.Hook != "" && p.Kind == provider.KindReceipt:
		return entry{}, errPostedHere
	case p.Expect != nil && event.AspectOf(p.Kind) != p.Expect.Aspect:
		return entry{}, badRequest("The precondition is about something this event does not change. Update frontdesk.")
	}
	body := event.DecodeBody(p.Kind, p.Version, p.Body)
	if (p.Kind == provider.KindMessage || p.Kind == provider.KindEcho) && !(event.PastFact(body) && strings.HasPrefix(p.ID, pastPrefix)) {
		return entry{}, badRequest("Terminals may not publish this kind of event. Update frontdesk.")
	}
	receipt, _ := body.(provider.Receipt)
	empty := p.Kind == provider.KindReceipt && (receipt.Message == "" || receipt.Status == provider.NoStatus)
	if _, opaque := body.(event.Opaque); opaque || empty || p.Version < 1 {
		return entry{}, badRequest("The event's body cannot be read here. Update the relay, or frontdesk.")
	}
	if err := by.may(rightOf(p.Kind, body)); err != nil {
		return entry{}, err
	}
	made, err := newEntry(event.Event{
		ID: p.ID, Account: p.Account, Conversation: p.Conversation,
		Kind: p.Kind, Version: p.Version, By: by.Name, Body: body,
	})
	if err != nil {
		return entry{}, err
	}
	if made.size() > maxEvent { // written anew, a character may take six
		return entry{}, errTooLarge
	}
	made.expect = p.Expect
	if a, ok := body.(event.Assigned); ok {
		made.gives = a.To
	}
	if made.canned, err = namesFiles(body); err != nil {
		return entry{}, err
	}
	if s, ok := body.(event.SendState); ok && account.Provider != nil {
		made.verdict, err = r.verdictOf(p, s, by.Name)
	}
	return made, err
}

// verdictOf reads what a terminal may say of a send that is the relay's: that it
// still waits on the terminal or for its time, and what a person decided about it.
func (r *Relay) verdictOf(p published, s event.SendState, by event.AgentID) (*verdict, error) {
	chat := provider.ChatKey{Account: p.Account, Chat: s.Chat}
	switch {
	case s.Op == "" || len(s.Op) > maxID-40:
		return nil, badRequest("The send has no operation id, or one that is too long. Update frontdesk.")
	case !sayable(s):
		return nil, errGatewayOnly
	case s.Message != "" || (s.Error != nil) != (s.State == event.JobFailed):
		return nil, badRequest("Which message it became is the network's to say. Update frontdesk.")
	case p.Conversation != r.log.key.Conversation(chat):
		return nil, badRequest("The send is of another conversation. Update frontdesk.")
	}
	return &verdict{op: s.Op, chat: chat, state: s.State, by: by, said: s}, nil
}

// sayable reports whether a terminal may say this of a send that is the relay's.
// That one failed it may say only of what was scheduled and, being judged at its
// time, did not leave.
func sayable(s event.SendState) bool {
	switch s.State {
	case event.JobSent, event.JobDiscarded:
		return true
	case event.JobScheduled, event.JobFailed:
		return s.Edition > 0 && (s.Error == nil || !s.Error.Uncertain)
	}
	return s.State.Waits()
}

// relayPrefixes begin the ids of facts that the relay or a network gives. A
// terminal that could use one could make the log take a customer's message for
// a repetition.
var relayPrefixes = []string{"account:", "agent:", "templates:", "managed:", "health:", "hook:", "gw:", "erased:", "told:"}

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
