// Package exact reads the JSON that somebody posted as it is spelt: keys count
// letter by letter, and what stands there twice is believed in nothing. It knows
// no network and changes no byte.
package exact

import (
	"bytes"
	"encoding/json"
	"errors"
)

// encoding/json lets "FROM" set the field of "from" and the last of two equal
// keys win, so that two readers of one signed body can see two senders. The
// functions here read keys exactly, and refuse what is there twice. A body is
// walked once; what is read of it afterwards is slices of it.

// maxDepth is far deeper than anything a network sends and shallow enough to
// recurse over.
const maxDepth = 64

// maxNodes is twice what the largest body Meta posts (3 MB) can hold in its own
// style. It bounds the memory that a body of four million bytes like "0,0,0"
// could take.
const maxNodes = 1 << 18

var (
	errJSON  = errors.New("not JSON")
	errDepth = errors.New("nested deeper than 64 levels")
	errMany  = errors.New("more values than a webhook holds")
	errTwice = errors.New("a key stands there twice")
)

// tree is where everything stands in a body: one node per value, each followed
// by what is inside it.
type tree struct {
	body  []byte
	text  string // the body again, so that keys cost nothing
	nodes []node
	ours  func(key string) bool
}

type node struct {
	key        string // of a member, decoded
	start, end int    // in the body
	past       int    // the first node that is not inside this one
	form       byte   // the value's first byte
	twice      bool   // an object with two members of one key
	// Of this value and all inside it: a key of ours stands there twice; a key
	// is spelt as none of ours.
	spoilt, foreign bool
}

// Value is one place in a tree. The zero value is one that is not there.
type Value struct {
	tree *tree
	at   int
}

// Parse walks a body of an API that spells its keys as ours says: Snake or Any.
// Whether it is JSON is encoding/json's word, which keeps
// what follows simple.
func Parse(body []byte, ours func(key string) bool) (Value, error) {
	if !json.Valid(body) {
		return Value{}, errJSON
	}
	t := &tree{ours: ours, body: body, text: string(body), nodes: make([]node, 0, min(16+len(body)/16, maxNodes))}
	if _, ok := t.add(t.skip(0), "", maxDepth); !ok {
		if len(t.nodes) == maxNodes {
			return Value{}, errMany
		}
		return Value{}, errDepth
	}
	return Value{t, 0}, nil
}

func (t *tree) skip(i int) int {
	for i < len(t.body) && (t.body[i] == ' ' || t.body[i] == '\n' || t.body[i] == '\t' || t.body[i] == '\r') {
		i++
	}
	return i
}

// add walks the value at i and returns where it ends; false where it is nested
// deeper than depth, or one value too many.
func (t *tree) add(i int, key string, depth int) (end int, ok bool) {
	n := len(t.nodes)
	if n == maxNodes {
		return i, false
	}
	t.nodes = append(t.nodes, node{key: key, start: i, form: t.body[i]})
	switch t.body[i] {
	case '{', '[':
		if depth == 0 {
			return i, false
		}
		end, ok = t.inside(n, i+1, depth-1)
	case '"':
		end, ok = t.quoted(i), true
	default:
		end, ok = t.bare(i), true
	}
	t.nodes[n].end, t.nodes[n].past = end, len(t.nodes)
	return end, ok
}

// inside walks the members of the object n, or the elements of the array n.
func (t *tree) inside(n, i, depth int) (end int, ok bool) {
	var keys keys
	object := t.nodes[n].form == '{'
	for i = t.skip(i); t.body[i] != '}' && t.body[i] != ']'; i = t.skip(i) {
		if t.body[i] == ',' {
			i = t.skip(i + 1)
		}
		key := ""
		if object {
			colon := t.quoted(i)
			key = t.word(i, colon)
			t.note(n, key, keys.add(key))
			i = t.skip(t.skip(colon) + 1)
		}
		child := len(t.nodes)
		if i, ok = t.add(i, key, depth); !ok {
			return i, false
		}
		t.nodes[n].spoilt = t.nodes[n].spoilt || t.nodes[child].spoilt
		t.nodes[n].foreign = t.nodes[n].foreign || t.nodes[child].foreign
	}
	return i + 1, true
}

func (t *tree) note(n int, key string, twice bool) {
	ours := t.ours(key)
	t.nodes[n].twice = t.nodes[n].twice || twice
	t.nodes[n].spoilt = t.nodes[n].spoilt || (twice && ours)
	t.nodes[n].foreign = t.nodes[n].foreign || !ours
}

// quoted returns where the string at i ends.
func (t *tree) quoted(i int) int {
	for i++; t.body[i] != '"'; i++ {
		if t.body[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// bare returns where the number or word at i ends.
func (t *tree) bare(i int) int {
	for ; i < len(t.body); i++ {
		switch t.body[i] {
		case ',', '}', ']', ' ', '\n', '\t', '\r':
			return i
		}
	}
	return i
}

// Word is the value of the string between start and end.
func (t *tree) word(start, end int) string {
	for _, b := range t.body[start+1 : end-1] {
		if b == '\\' || b >= 0x80 {
			var s string
			_ = json.Unmarshal(t.body[start:end], &s) // it is valid
			return s
		}
	}
	return t.text[start+1 : end-1]
}

// keys are those of one object. Few are compared one by one; many would make
// that slow, and get a map.
type keys struct {
	few  [12]string
	n    int
	many map[string]struct{}
}

// add reports whether the key was there before.
func (k *keys) add(key string) bool {
	if k.many == nil {
		for _, known := range k.few[:k.n] {
			if known == key {
				return true
			}
		}
		if k.n < len(k.few) {
			k.few[k.n] = key
			k.n++
			return false
		}
		k.many = make(map[string]struct{}, 2*len(k.few))
		for _, known := range k.few {
			k.many[known] = struct{}{}
		}
	}
	_, twice := k.many[key]
	k.many[key] = struct{}{}
	return twice
}

// Snake reports a key of small letters, digits and "_", as some APIs spell all of
// their own: a key of another form is nobody's, and no harm twice.
func Snake(key string) bool {
	for _, b := range []byte(key) {
		if (b < 'a' || b > 'z') && (b < '0' || b > '9') && b != '_' {
			return false
		}
	}
	return key != ""
}

// Any takes every key for one of the API's own. Read would then match keys of
// another case: only Member is exact.
func Any(string) bool { return true }

func (v Value) node() node {
	if v.tree == nil {
		return node{}
	}
	return v.tree.nodes[v.at]
}

// Raw is the value as it came.
func (v Value) Raw() json.RawMessage {
	if v.tree == nil {
		return nil
	}
	n := v.tree.nodes[v.at]
	return json.RawMessage(v.tree.body[n.start:n.end])
}

// Object reports whether v is an object with no key twice.
func (v Value) Object() bool {
	n := v.node()
	return n.form == '{' && !n.twice
}

// Ambiguous reports an object with a key twice on its own level: two readers
// could see two things in it.
func (v Value) Ambiguous() bool { return v.node().twice }

// Member returns the member of exactly that key.
func (v Value) Member(key string) Value {
	if v.node().form != '{' {
		return Value{}
	}
	for i := v.at + 1; i < v.node().past; i = v.tree.nodes[i].past {
		if v.tree.nodes[i].key == key {
			return Value{v.tree, i}
		}
	}
	return Value{}
}

// Listed reports that list returns all there is: v is an array, null, or not
// there.
func (v Value) Listed() bool {
	form := v.node().form
	return form == '[' || form == 'n' || form == 0
}

// Array reports whether v is an array.
func (v Value) Array() bool { return v.node().form == '[' }

// List returns an array's elements; nothing for what is no array.
func (v Value) List() []Value {
	n := v.node()
	if n.form != '[' {
		return nil
	}
	var elements []Value
	for i := v.at + 1; i < n.past; i = v.tree.nodes[i].past {
		elements = append(elements, Value{v.tree, i})
	}
	return elements
}

// Text returns a string's value; nothing of anything else.
func (v Value) Text() string {
	if v.node().form == '"' {
		return v.Word()
	}
	return ""
}

// Word returns a string's value, or a number as it is written.
func (v Value) Word() string {
	switch n := v.node(); {
	case n.form == '"':
		return v.tree.word(n.start, n.end)
	case n.form == '-' || ('0' <= n.form && n.form <= '9'):
		return v.tree.text[n.start:n.end]
	}
	return ""
}

// Read decodes one element into dst by exact keys. A member of an unexpected
// form is an error, but the others are filled.
func (v Value) Read(dst any) error {
	n := v.node()
	switch {
	case v.tree == nil:
		return errJSON
	case n.spoilt:
		return errTwice
	case !n.foreign:
		return json.Unmarshal(v.Raw(), dst)
	}
	var b bytes.Buffer
	v.rewrite(&b)
	return json.Unmarshal(b.Bytes(), dst)
}

// Spoilt reports that a key spelt like ours stands twice in the value, on any
// level: two readers could see two things in it.
func (v Value) Spoilt() bool { return v.node().spoilt }

// Spoilt reports an error of Read that leaves nothing to believe. A member of
// an unexpected form is none: it is empty, and the rest stands.
func Spoilt(err error) bool {
	var form *json.UnmarshalTypeError
	return err != nil && !errors.As(err, &form)
}

// rewrite copies a value without the members whose key no field of ours can
// have.
func (v Value) rewrite(b *bytes.Buffer) {
	n := v.node()
	if !n.foreign {
		b.Write(v.Raw())
		return
	}
	b.WriteByte(n.form)
	object := n.form == '{'
	for i, first := v.at+1, true; i < n.past; i = v.tree.nodes[i].past {
		key := v.tree.nodes[i].key
		if object && !v.tree.ours(key) {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		if object {
			b.WriteString(`"` + key + `":`)
		}
		Value{v.tree, i}.rewrite(b)
	}
	b.WriteByte(n.form + 2) // '}' is '{'+2, ']' is '['+2
}
