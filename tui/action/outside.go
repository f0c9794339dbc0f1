package action

// EditOutside asks for the composer's text in the agent's own editor.
type EditOutside struct{}

func (EditOutside) action() {}
