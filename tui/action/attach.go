package action

import "frontdesk/webhookrelay/event"

// File is a file that goes with a reply: one of this machine, or one that the team
// shares with a canned response.
type File struct {
	// Path is where it is on this machine; empty for one that the team shares.
	Path string
	event.CannedFile
}

type (
	// Attach puts files of this machine before the reply of a conversation.
	Attach struct {
		Conversation event.ConversationID
		// Files are their paths as they were typed or dropped.
		Files []string
	}
	// AttachHere asks for the files of a reply.
	AttachHere struct{}
	// CompletePath asks how a path that is typed may go on.
	CompletePath struct{ Typed string }
)

func (Attach) action()       {}
func (AttachHere) action()   {}
func (CompletePath) action() {}
