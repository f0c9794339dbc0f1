package webhookrelay

import (
	"fmt"
	"net/http"
	"strings"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

// The roles of a token.
const (
	RoleAgent       = string(event.RoleAgent)
	RoleSupervisor  = string(event.RoleSupervisor)
	RoleAdmin       = string(event.RoleAdmin)
	RoleReadOnly    = string(event.RoleReadOnly)
	RoleIntegration = string(event.RoleIntegration)
)

// right is one thing that a role may do or not.
type right string

const (
	toWork    right = "work on conversations"
	toSend    right = "send to customers"
	toMany    right = "send to many at once"
	toShare   right = "change what the team shares"
	toGovern  right = "change how the team works"
	toErase   right = "erase a contact"
	toManage  right = "submit, change or delete templates"
	toObserve right = "tell what a network answered"
	toAppear  right = "say whether they take conversations"
)

// rights is who may do what. Everybody with a token may follow the log, read files
// and be seen.
var rights = map[event.Role]map[right]bool{
	event.RoleAgent: {toWork: true, toSend: true, toShare: true, toObserve: true, toAppear: true},
	event.RoleSupervisor: {
		toWork: true, toSend: true, toMany: true, toShare: true, toGovern: true, toManage: true, toObserve: true, toAppear: true,
	},
	event.RoleAdmin: {
		toWork: true, toSend: true, toMany: true, toShare: true, toGovern: true, toErase: true, toManage: true, toObserve: true, toAppear: true,
	},
	event.RoleReadOnly:    {},
	event.RoleIntegration: {toWork: true, toSend: true, toMany: true, toObserve: true},
}

// rightOf is what publishing a fact asks for.
func rightOf(kind string, body event.Body) right {
	switch kind {
	case event.KindErased:
		return toErase
	case event.KindBroadcast:
		return toMany
	case event.KindBroadcastState:
		return rightToStage(body)
	case event.KindSend:
		return rightToSend(body)
	case event.KindAvailable:
		return toAppear
	case event.KindTemplates:
		return toObserve
	case event.KindManaged:
		return toManage
	case event.KindSet:
		return rightToSet(body)
	}
	if event.Observed(kind) || kind == provider.KindMessage || kind == provider.KindEcho {
		return toObserve
	}
	return toWork
}

// rightToStage lets the terminal of whoever sends what is due pause what fails.
func rightToStage(body event.Body) right {
	if to, _ := body.(event.BroadcastState); to.State == event.BroadcastPaused && to.Why != "" {
		return toSend
	}
	return toMany
}

// rightToSend tells one of many from one: whoever may send changes what is planned for a
// customer, also where a broadcast planned it.
func rightToSend(body event.Body) right {
	s, _ := body.(event.SendState)
	if s.Broadcast != "" && s.State == event.JobScheduled && s.Edition <= 1 {
		return toMany
	}
	return toSend
}

// rightToSet tells what everybody shares from what binds everybody.
func rightToSet(body event.Body) right {
	set, _ := body.(event.Set)
	switch set.What {
	case event.SettingCanned, event.SettingMacro, event.SettingView, event.SettingMute, event.SettingLabel, event.SettingLink:
		return toShare
	case event.SettingWorker: // what the program does for whoever may send
		return toSend
	case event.SettingBatch:
		return toMany
	}
	return toGovern
}

// may returns nil where the token's role has the right, else why not and what to do.
func (t Token) may(r right) error {
	if t.Role == "" || rights[t.Role][r] {
		return nil
	}
	return &apiError{http.StatusForbidden, "role", t.refusal(r)}
}

func (t Token) refusal(r right) string {
	var who []string
	for _, role := range []event.Role{event.RoleAgent, event.RoleSupervisor, event.RoleAdmin, event.RoleIntegration} {
		if rights[role][r] {
			who = append(who, string(role))
		}
	}
	return fmt.Sprintf("The role %s may not %s. It takes %s: ask an administrator (webhookrelay token add NAME --role %s).",
		t.Role, r, strings.Join(who, " or "), who[0])
}

// maySend is may, in the words in which a send or a file is refused: certainly not
// sent, and its row says why.
func (t Token) maySend(op string) *provider.Error { return t.mayAsk(op, toSend) }

// mayAsk is maySend of any right.
func (t Token) mayAsk(op string, r right) *provider.Error {
	if t.may(r) == nil {
		return nil
	}
	return &provider.Error{Op: op, Reason: provider.Invalid, Code: "role", Text: t.refusal(r)}
}

// A token that was made before roles were enforced could do everything, and goes on to:
// its column says "agent". What a newer one may do stands behind a word that the older
// ones do not have.
const enforced = "may:"

func storedRole(role event.Role) string { return enforced + string(role) }

// roleOf is the role of a stored token; empty for everything. A role this program does
// not know may do nothing.
func roleOf(stored string) event.Role {
	name, ok := strings.CutPrefix(stored, enforced)
	switch {
	case !ok:
		return ""
	case rights[event.Role(name)] == nil:
		return event.RoleReadOnly
	}
	return event.Role(name)
}
