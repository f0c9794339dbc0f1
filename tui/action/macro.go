package action

import "frontdesk/store"

type (
	// RunMacro runs a macro as it was shown, Sure once it is known that several
	// customers are written to.
	RunMacro struct {
		Macro store.Macro
		Sure  bool
	}
	// EditMacro opens the lines of a macro, of a new one without a name.
	EditMacro struct{ Name string }
	// KeepMacro publishes a macro; Was is what it was when its lines were opened, Over
	// is set once it is known that a colleague changed it since.
	KeepMacro struct {
		Macro, Was store.Macro
		Over       bool
	}
	// AskRemoveMacro asks whether one is to go, RemoveMacro has it go.
	AskRemoveMacro struct{ Name string }
	// RemoveMacro takes a macro away.
	RemoveMacro struct{ Name string }
)

func (RunMacro) action()       {}
func (EditMacro) action()      {}
func (KeepMacro) action()      {}
func (AskRemoveMacro) action() {}
func (RemoveMacro) action()    {}
