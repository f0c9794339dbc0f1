package event

import (
	"encoding/json"
	"fmt"

	"frontdesk/provider"
)

// TemplateManaged: somebody submitted, changed or deleted a template, and the network
// took it. What becomes of it is told by its status.
type TemplateManaged struct {
	What     TemplateWork            `json:"what"`
	Template provider.TemplateID     `json:"template"`
	Name     string                  `json:"name"`
	Language string                  `json:"language"`
	Category string                  `json:"category,omitempty"`
	Status   provider.TemplateStatus `json:"status,omitempty"`
}

// TemplateWork is what is done with a template.
type TemplateWork string

// What can be done.
const (
	TemplateSubmitted TemplateWork = "submitted"
	TemplateEdited    TemplateWork = "edited"
	TemplateDeleted   TemplateWork = "deleted"
)

const (
	// pagedVersion is the form of a list in parts: a program that takes one part for
	// the whole must not read it.
	pagedVersion = 2
	// maxPage is the JSON of one part, within what a terminal may publish at once.
	maxPage = 200 << 10
)

// ListPages returns the list as one event, or as the parts of one where it is too
// long; id names the list among an account's. A part is at most 200 KiB, but for one
// template that is longer by itself.
func ListPages(id string, list []provider.Template) ([]TemplatesListed, error) {
	var pages []TemplatesListed
	size, from := 0, 0
	for i := range list {
		raw, err := json.Marshal(list[i])
		if err != nil {
			return nil, fmt.Errorf("encode template %s: %w", list[i].ID, err)
		}
		if size += len(raw) + 1; size > maxPage && i > from {
			pages = append(pages, TemplatesListed{Templates: list[from:i]})
			size, from = len(raw)+1, i
		}
	}
	pages = append(pages, TemplatesListed{Templates: list[from:]})
	if len(pages) == 1 {
		return pages, nil
	}
	for i := range pages {
		pages[i].List, pages[i].Part, pages[i].Parts = id, i+1, len(pages)
	}
	return pages, nil
}

// MayManageTemplates reports whether the relay takes it of a role that it submits,
// changes or deletes templates. The empty role is of who may do everything.
func MayManageTemplates(role Role) bool {
	return role == "" || role == RoleSupervisor || role == RoleAdmin
}
