package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"frontdesk/webhookrelay/event"
)

// MaxLabel is how many characters a label may have; MaxLabels how many a
// conversation.
const (
	MaxLabel  = 40
	MaxLabels = 24
)

// LabelReason is why a text is no label.
type LabelReason string

// The reasons.
const (
	LabelEmpty    LabelReason = "empty"
	LabelLong     LabelReason = "long"     // more than MaxLabel characters
	LabelControls LabelReason = "controls" // holds what cannot be seen
	LabelMany     LabelReason = "many"     // the conversation would have more than MaxLabels
)

// LabelError is a text that is no label.
type LabelError struct{ Reason LabelReason }

// Error implements error, for logs.
func (e *LabelError) Error() string { return "not a label: " + string(e.Reason) }

// Label returns a text as a label, with single blanks and none around it. The error
// is a *LabelError: what cannot be seen would make two labels that look alike.
func Label(text string) (string, error) {
	if !utf8.ValidString(text) {
		return "", &LabelError{LabelControls}
	}
	for _, r := range text {
		// A replacement character stands where the screen left something out.
		if r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co) {
			return "", &LabelError{LabelControls}
		}
	}
	text = strings.Join(strings.Fields(text), " ")
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return "", &LabelError{LabelEmpty}
	case n > MaxLabel:
		return "", &LabelError{LabelLong}
	}
	return text, nil
}

// Relabel returns labels with some added and some removed, sorted. The error is a
// *LabelError where they would be too many.
func Relabel(labels, add, remove []string) ([]string, error) {
	var out []string
	for _, l := range slices.Concat(labels, add) {
		if !slices.Contains(remove, l) {
			out = append(out, l)
		}
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) > MaxLabels && len(out) > len(labels) {
		return nil, &LabelError{LabelMany}
	}
	return out, nil
}

// LabelUse is a label and how many conversations have it.
type LabelUse struct {
	Name string
	// Listed: it is one of the team's own list, used or not.
	Listed bool
	Used   int
}

// Labels returns the team's labels and those in use besides, by name.
func (s *Store) Labels(ctx context.Context) ([]LabelUse, error) {
	listed, err := s.Settings(ctx, event.SettingLabel)
	if err != nil {
		return nil, err
	}
	byName := map[string]*LabelUse{}
	for _, l := range listed {
		byName[l.Name] = &LabelUse{Name: l.Name, Listed: true}
	}
	rows, err := s.read.QueryContext(ctx, `select l.value, count(*) from conversation c, json_each(c.labels) l
		where c.labels <> '[]' group by l.value`)
	if err == nil {
		err = eachRow(rows, func(scan func(...any) error) error {
			var name string
			var n int
			err := scan(&name, &n)
			if byName[name] == nil {
				byName[name] = &LabelUse{Name: name}
			}
			byName[name].Used = n
			return err
		})
	}
	if err != nil {
		return nil, fmt.Errorf("read labels: %w", err)
	}
	list := make([]LabelUse, 0, len(byName))
	for _, l := range byName {
		list = append(list, *l)
	}
	slices.SortFunc(list, func(a, b LabelUse) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}
