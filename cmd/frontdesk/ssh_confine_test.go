package main

import (
	"reflect"
	"slices"
	"testing"

	"frontdesk/tui"
)

// What the screen may do beyond the store is judged for a visitor by name: whatever is
// added to it is either left alone here, with a reason to be, or confined.
func TestEveryWayOutIsJudged(t *testing.T) {
	judged := []string{
		"Now", "Capabilities", "Link", "Present", "Presence", "Wake", // of this program alone
		"Ask", "Block", "Erase", "Signs", // the networks and the relay
		"Notify", "Open", "Editor", "OpenTable", "Files", "Export", "ExportFile", "ExportBroadcast", "Templates", // confined
	}
	var seen []string
	typ := reflect.TypeOf(tui.Options{})
	for i := range typ.NumField() {
		if f := typ.Field(i); reaches(f.Type) {
			if seen = append(seen, f.Name); !slices.Contains(judged, f.Name) {
				t.Errorf("tui.Options.%s is new: confine it for visitors, or say here why it needs none", f.Name)
			}
		}
	}
	if len(seen) < 15 {
		t.Errorf("only %v were seen", seen)
	}
}

// reaches reports a function, or something that holds one.
func reaches(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Func:
		return true
	case reflect.Pointer:
		return t.Elem().PkgPath() == "frontdesk/tui" && reaches(t.Elem())
	case reflect.Struct:
		if t.PkgPath() != "frontdesk/tui" {
			return false
		}
		for i := range t.NumField() {
			if reaches(t.Field(i).Type) {
				return true
			}
		}
	}
	return false
}
