package strings

import (
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
)

// homographs are English words that stand for two meanings, which another
// language may write in two ways.
var homographs = []string{
	"frontdesk", // the brand, and who acts where no agent does
	"open",      // a status, and what a key does
	"reply",     // what is written, and what a key does
	"snoozed",   // a status, and a view
	"resolved",  // a status, and a view
	"unread",    // a mark, and a view
}

// Each word has one place in the catalogue: two would drift apart.
func TestEachWordHasOnePlace(t *testing.T) {
	places := map[string][]string{}
	collect(reflect.ValueOf(*English()), "Catalogue", places)
	if len(places) < 150 {
		t.Fatalf("only %d words were found", len(places))
	}
	for word, at := range places {
		if sort.Strings(at); len(at) > 1 && !slices.Contains(homographs, word) {
			t.Errorf("%q stands in %s", word, strings.Join(at, " and "))
		}
	}
}

func collect(v reflect.Value, path string, places map[string][]string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type() != reflect.TypeOf(Hint{}) && v.Type() != reflect.TypeOf(Command{}) {
				collect(v.Field(i), path+"."+v.Type().Field(i).Name, places)
			}
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			collect(v.MapIndex(k), path+"."+k.String(), places)
		}
	case reflect.String:
		if v.String() != "" {
			places[v.String()] = append(places[v.String()], path)
		}
	}
}
