package main

import (
	"encoding/json"
	"net/url"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"

	"github.com/google/go-cmp/cmp"
)

// example is a document's own example, out of a driver's testdata, with some of
// its values another: a form where the file is one, JSON otherwise.
type example struct {
	file  string
	edits []any
}

// as returns the example with edits: a path ("entry.0.id") and its value, and so
// on. A value may be a func(*stage) any, and one of the two below.
func as(file string, edits ...any) example { return example{file, edits} }

type (
	// only leaves of a list these elements.
	only []int
	// mark is a value that stands for what cannot be written down.
	mark string
	// asAskedIn is asAsked where the example has another path than the request.
	asAskedIn string
)

const (
	// asAsked is any value, as long as the request has one: an operation's id.
	asAsked mark = "as asked"
	// absent takes a member out.
	absent mark = "absent"
)

// lastID is the id that the network gave to our latest message.
func lastID(s *stage) any {
	_, id := s.net.latest()
	return id
}

// lastAsked is a value of our latest message's request.
func lastAsked(path string) func(*stage) any {
	return func(s *stage) any {
		c, _ := s.net.latest()
		return at(c.Body, path)
	}
}

// body is what the network posts.
func (s *stage) body(e example) []byte {
	s.t.Helper()
	if filepath.Ext(e.file) == ".form" {
		form := url.Values{}
		for line := range strings.Lines(string(s.net.file(e.file))) {
			key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
			form.Set(key, value)
		}
		for i := 0; i < len(e.edits); i += 2 {
			key, value := e.edits[i].(string), s.value(e.edits[i+1])
			if form.Del(key); value != absent {
				form.Set(key, value.(string))
			}
		}
		return []byte(form.Encode())
	}
	raw, err := json.Marshal(s.document(e, nil))
	if err != nil {
		s.t.Fatal(err)
	}
	return raw
}

// document is the example with its edits. asked is the request it will be compared
// with.
func (s *stage) document(e example, asked any) any {
	s.t.Helper()
	var doc any
	if err := json.Unmarshal(s.net.file(e.file), &doc); err != nil {
		s.t.Fatalf("%s: %v", e.file, err)
	}
	for i := 0; i < len(e.edits); i += 2 {
		path, value := e.edits[i].(string), s.value(e.edits[i+1])
		if value == asAsked {
			value = asAskedIn(path)
		}
		if from, ok := value.(asAskedIn); ok {
			if value = at(asked, string(from)); value == nil || reflect.ValueOf(value).IsZero() {
				s.t.Fatalf("the request has no %s: %v", from, asked)
			}
		}
		doc = put(doc, strings.Split(path, "."), asJSON(s.t, value))
	}
	return doc
}

func (s *stage) value(v any) any {
	if f, ok := v.(func(*stage) any); ok {
		return f(s)
	}
	return v
}

// at is what stands at a path; nil for nothing.
func at(v any, path string) any {
	for key := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[key]
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i >= len(x) {
				return nil
			}
			v = x[i]
		default:
			return nil
		}
	}
	return v
}

// put returns v with another value at a path, which must be there but for its end.
func put(v any, path []string, value any) any {
	if len(path) == 0 {
		keep, ok := value.([]any)
		list, isList := v.([]any)
		if !ok || !isList || len(keep) == 0 || keep[0] != keptMark {
			return value
		}
		var left []any
		for _, i := range keep[1:] {
			left = append(left, list[int(i.(float64))])
		}
		return left
	}
	switch x := v.(type) {
	case map[string]any:
		if value == string(absent) && len(path) == 1 {
			delete(x, path[0])
			return x
		}
		x[path[0]] = put(x[path[0]], path[1:], value)
	case []any:
		i, _ := strconv.Atoi(path[0])
		x[i] = put(x[i], path[1:], value)
	default:
		panic("the example has nothing at " + strings.Join(path, "."))
	}
	return v
}

// keptMark begins an only that went through JSON.
const keptMark = "only these"

// MarshalJSON implements json.Marshaler.
func (o only) MarshalJSON() ([]byte, error) {
	list := []any{keptMark}
	for _, i := range o {
		list = append(list, i)
	}
	return json.Marshal(list)
}

// wants compares the latest send with a document's example of a request, field by
// field: method, path, and the body or form.
func (s *stage) wants(e example) {
	s.t.Helper()
	c, _ := s.net.latest()
	got := map[string]any{"method": c.Method, "path": c.Path, "body": c.Body}
	whole := any(got)
	if bare := s.document(as(e.file), nil); at(bare, "method") == nil { // the body alone
		whole = c.Body
	}
	want, _ := s.document(e, whole).(map[string]any)
	if form, ok := want["form"]; ok {
		want["body"] = form
	}
	if want["method"] == nil { // the story has one way to send
		method, path, _ := strings.Cut(s.story.sends[0], " ")
		want = map[string]any{"method": method, "path": path, "body": want}
	}
	for _, key := range []string{"header", "query", "token", "form"} {
		delete(want, key) // the wire judges the credential
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("the request is not the document's (%s), -document +asked:\n%s", e.file, diff)
	}
}
