package action

import "frontdesk/store"

type (
	// Suggest asks for the canned responses at the composer's cursor.
	Suggest struct{}
	// Insert puts a text at the composer's cursor; Canned is the name of the canned
	// response it was.
	Insert struct{ Text, Canned string }
	// EditCanned opens the lines of a canned response, of a new one without a name.
	EditCanned struct{ Name string }
	// KeepCanned publishes a canned response; Was is the name it had.
	KeepCanned struct {
		Canned store.Canned
		Was    string
		// Paths are files of this machine that are to go with it too.
		Paths []string
	}
	// AskRemoveCanned asks whether one is to go, RemoveCanned has it go.
	AskRemoveCanned struct{ Name string }
	// RemoveCanned takes a canned response away.
	RemoveCanned struct{ Name string }
)

func (Suggest) action()         {}
func (Insert) action()          {}
func (EditCanned) action()      {}
func (KeepCanned) action()      {}
func (AskRemoveCanned) action() {}
func (RemoveCanned) action()    {}
