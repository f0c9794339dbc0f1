package whatsapp

import (
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
)

// template reads the four fields about templates. Meta's own sample of the quality
// comes under the field of the status: what is there decides.
func (d *decoder) template(s source, v exact.Value) {
	id := s.hash(v.Raw())
	var u TemplateUpdate
	if exact.Spoilt(v.Read(&u)) || u.ID == "" || u.Name == "" {
		d.strange(s, id, "", v)
		return
	}
	if status, known := templateEvent(u.Event); known {
		d.add(s.route, id, "", provider.TemplateStatusChanged{
			Template: provider.TemplateID(u.ID),
			Name:     u.Name, Language: language(u.Language), Status: status, Reason: reason(u.Reason),
		})
		return
	}
	changed := provider.TemplateChanged{Template: provider.TemplateID(u.ID), Name: u.Name, Language: language(u.Language)}
	switch {
	case u.NewQuality != "":
		changed.What, changed.Was, changed.Now = "quality", strings.ToLower(u.PreviousQuality), strings.ToLower(u.NewQuality)
	case u.NewCategory != "":
		changed.What, changed.Was, changed.Now = "category", strings.ToLower(u.PreviousCategory), strings.ToLower(u.NewCategory)
	case u.CorrectCategory != "":
		changed.What, changed.Was, changed.Now = "category", strings.ToLower(u.PreviousCategory), strings.ToLower(u.CorrectCategory)
		changed.From = u.CategoryFrom.Time
	case s.field == FieldTemplateComponents:
		changed.What = "components"
	default:
		d.strange(s, id, "", v)
		return
	}
	d.add(s.route, id, "", changed)
}
