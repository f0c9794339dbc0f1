package action

import "frontdesk/provider"

// TemplateName names a template of an inbox.
type TemplateName struct {
	Account        provider.AccountID
	Name, Language string
}

type (
	// EditTemplate opens the lines of a template, of a new one without a name.
	EditTemplate struct{ TemplateName }
	// KeepTemplate has the network take a template, or change the one that has its id.
	// File is the path of the sample of its header's file, empty for none.
	KeepTemplate struct {
		Account  provider.AccountID
		Template provider.Template
		File     string
	}
	// AskDeleteTemplate asks whether a template is to go, DeleteTemplate has it go.
	AskDeleteTemplate struct{ TemplateName }
	// DeleteTemplate has the network delete a template.
	DeleteTemplate struct{ TemplateName }
	// SyncTemplates has the networks asked for their templates now.
	SyncTemplates struct{}
)

func (EditTemplate) action()      {}
func (KeepTemplate) action()      {}
func (AskDeleteTemplate) action() {}
func (DeleteTemplate) action()    {}
func (SyncTemplates) action()     {}
