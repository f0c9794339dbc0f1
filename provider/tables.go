package provider

// ChatKind names a kind of chat that takes something else than the usual one, in a
// word for a person; it is empty for the usual one. Drivers tell it from a chat's id.
type ChatKind string

// Tables are what the chats of an account may be sent. They are immutable.
type Tables struct {
	// Usual is of every chat that is of no kind of its own.
	Usual *Capabilities
	// Kinds are those that differ; KindOf tells which a chat is. Both are nil where
	// all chats are alike.
	Kinds  map[ChatKind]*Capabilities
	KindOf func(ChatID) ChatKind
}

// Of returns the table of a chat.
func (t Tables) Of(chat ChatID) *Capabilities {
	if t.KindOf == nil {
		return t.Usual
	}
	if table, ok := t.Kinds[t.KindOf(chat)]; ok {
		return table
	}
	return t.Usual
}
