package action

import "frontdesk/webhookrelay/event"

// What is asked of messages to many.
type (
	// LookAt has the recipients judged that the form describes, by its lines.
	LookAt struct{ Lines []string }
	// OpenTable reads the first row of a table.
	OpenTable struct{ Path string }
	// AskBroadcast asks whether what was looked at is to go, SendBroadcast has it go.
	AskBroadcast  struct{}
	SendBroadcast struct{}
	// StageBroadcast lets one run, pauses it or ends it; AskCancelBroadcast asks first.
	StageBroadcast     struct{ To event.BroadcastState }
	AskCancelBroadcast struct{ ID event.BroadcastID }
	// OpenBroadcast shows what became of each recipient, ExportBroadcast writes it.
	OpenBroadcast   struct{ ID event.BroadcastID }
	ExportBroadcast struct{ ID event.BroadcastID }
)

func (LookAt) action()             {}
func (OpenTable) action()          {}
func (AskBroadcast) action()       {}
func (SendBroadcast) action()      {}
func (StageBroadcast) action()     {}
func (AskCancelBroadcast) action() {}
func (OpenBroadcast) action()      {}
func (ExportBroadcast) action()    {}
