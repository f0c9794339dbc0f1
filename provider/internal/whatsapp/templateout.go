package whatsapp

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"frontdesk/provider"
)

// templateOut names a template and gives its values.
func templateOut(t *provider.TemplateMessage) (*SendTemplate, error) {
	if t == nil || t.Name == "" || t.Language == "" {
		return nil, errors.New("it names no template")
	}
	s := &SendTemplate{Name: t.Name, Language: Language{Code: t.Language}}
	for _, part := range []provider.Part{provider.PartHeader, provider.PartBody} {
		c := SendComponent{Type: string(part)}
		for _, v := range valuesOf(t, part) {
			c.Parameters = append(c.Parameters, parameter(v, t.Named))
		}
		if len(c.Parameters) > 0 {
			s.Components = append(s.Components, c)
		}
	}
	s.Components = append(s.Components, buttonValues(t)...)
	return s, nil
}

// valuesOf returns a part's values in the order Meta wants: variables {{1}},
// {{2}} … by number, wherever the text has them.
func valuesOf(t *provider.TemplateMessage, part provider.Part) []provider.Value {
	var values []provider.Value
	for _, v := range t.Values {
		if v.Part == part {
			values = append(values, v)
		}
	}
	if !t.Named {
		slices.SortStableFunc(values, func(a, b provider.Value) int { return place(a.Name) - place(b.Name) })
	}
	return values
}

func place(name string) int {
	n, err := strconv.Atoi(name)
	if err != nil {
		return 0
	}
	return n
}

func parameter(v provider.Value, named bool) Parameter {
	if v.Media != nil {
		return mediaParameter(v)
	}
	p := Parameter{Type: "text", Text: v.Text}
	if named {
		p.ParameterName = v.Name
	}
	return p
}

func mediaParameter(v provider.Value) Parameter {
	file := fileOut(v.Media)
	switch headerKind(v) {
	case provider.Image:
		return Parameter{Type: "image", Image: file}
	case provider.Video:
		return Parameter{Type: "video", Video: file}
	}
	file.Filename = v.Media.Name
	return Parameter{Type: "document", Document: file}
}

func headerKind(v provider.Value) provider.ContentKind {
	switch {
	case v.Kind != "":
		return v.Kind
	case strings.HasPrefix(v.Media.MIME, "image/"):
		return provider.Image
	case strings.HasPrefix(v.Media.MIME, "video/"):
		return provider.Video
	}
	return provider.Document
}

func buttonValues(t *provider.TemplateMessage) []SendComponent {
	at := map[int]SendComponent{}
	for i, payload := range t.Payloads {
		at[i] = button("quick_reply", i, Parameter{Type: "payload", Payload: payload})
	}
	for _, v := range valuesOf(t, provider.PartButton) {
		at[v.Index] = button("url", v.Index, Parameter{Type: "text", Text: v.Text})
	}
	var out []SendComponent
	for _, i := range slices.Sorted(maps.Keys(at)) {
		out = append(out, at[i])
	}
	return out
}

func button(form string, i int, p Parameter) SendComponent {
	return SendComponent{
		Type: "button", SubType: form, Index: ID(strconv.Itoa(i)),
		Parameters: []Parameter{p},
	}
}
