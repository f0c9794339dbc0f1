package broadcast_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/store"
	"frontdesk/store/broadcast"
)

var now = time.Date(2026, 9, 18, 10, 0, 0, 0, time.UTC)

// reminder is a template with two variables and an address.
func reminder() *provider.Template {
	return &provider.Template{Name: "reminder", Language: "es", Category: "marketing", Status: provider.Approved, Components: []provider.Component{
		{Part: provider.PartBody, Text: "Hola {{1}}, {{2}}"},
		{Part: provider.PartButton, Buttons: []provider.TemplateButton{{Form: "url", Text: "Ver", URL: "https://a.example/{{1}}"}}},
	}}
}

// judge knows no conversation but those of people.
func judge(people map[string]store.Conversation) broadcast.Judge {
	return broadcast.Judge{
		Account: "shop", Template: reminder(), Capabilities: all.Capabilities("cloudapi", provider.WhatsApp),
		Now: func() time.Time { return now },
		Find: func(_ context.Context, _ provider.AccountID, digits string) (store.Conversation, error) {
			if c, ok := people[digits]; ok {
				c.Account = "shop"
				return c, nil
			}
			return store.Conversation{}, store.ErrNotFound
		},
	}
}

var mapping = broadcast.Mapping{Columns: map[string]string{"name": "1", "code": "button0.1"}, Values: map[string]string{"2": "mañana"}}

func read(t *testing.T, text string, m broadcast.Mapping, people map[string]store.Conversation) (*broadcast.Plan, error) {
	t.Helper()
	return broadcast.Read(t.Context(), "news", strings.NewReader(text), m, judge(people))
}

func mustRead(t *testing.T, text string) *broadcast.Plan {
	t.Helper()
	p, err := read(t, text, mapping, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Every row is judged by itself, and what is wrong with one is told with its line.
func TestEveryRowIsJudged(t *testing.T) {
	stopped := store.Conversation{Chat: "50255550008", Standing: store.Standing{NoMarketing: now}}
	blocked := store.Conversation{Chat: "50255550009", Standing: store.Standing{Blocked: true}}
	same := store.Conversation{Chat: "GT.1"}
	people := map[string]store.Conversation{"50255550008": stopped, "50255550009": blocked, "50255550010": same, "50255550011": same}
	text := "phone,name,code\r\n" +
		"+502 5555-0001,Ana,a1\r\n" + // 2
		"5.02555E+10,Ben,a2\r\n" + // 3
		"50255550002,Cleo,a3\r\n" + // 4
		"+502 abc,Dan,a4\r\n" + // 5
		",Eva,a5\r\n" + // 6
		"+50255550001,Ana again,a6\r\n" + // 7
		"+50255550003,\"Fay\nLee\",a7\r\n" + // 8, 9
		"+50255550004,Gus\r\n" + // 10
		"+50255550005,\"Hal\" x,a9\r\n" + // 11
		"+50255550008,Ida,a10\r\n" + // 12
		"+50255550009,Jon,a11\r\n" + // 13
		",,\r\n" + // 14: nothing in it
		"+50255550006,\xff,a12\r\n" + // 15
		"+50255550010,Kim,a13\r\n" + // 16
		"0050255550011,Kim,a14\r\n" + // 17: the same person
		"+50255550007,,a15\r\n" // 18
	p, err := read(t, text, mapping, people)
	if err != nil {
		t.Fatal(err)
	}
	want := map[int]broadcast.Reason{
		3: broadcast.ReasonRounded, 4: broadcast.ReasonCountry, 5: broadcast.ReasonNumber, 6: broadcast.ReasonNoNumber, 7: broadcast.ReasonDuplicate,
		8: broadcast.ReasonProblem, 10: broadcast.ReasonColumns, 11: broadcast.ReasonQuoting, 12: broadcast.ReasonOptedOut, 13: broadcast.ReasonBlocked,
		15: broadcast.ReasonText, 17: broadcast.ReasonDuplicate, 18: broadcast.ReasonProblem,
	}
	for _, a := range p.Aside {
		if want[a.Line] != a.Reason {
			t.Errorf("line %d is set aside as %q, want %q", a.Line, a.Reason, want[a.Line])
		}
		if a.Line == 8 && (a.End != 9 || a.Problem.Reason != provider.ProblemBreak) || a.Line == 7 && a.Of != 2 || a.Line == 17 && a.Of != 16 {
			t.Errorf("%+v", a)
		}
		delete(want, a.Line)
	}
	if len(want) > 0 {
		t.Errorf("not set aside: %v", want)
	}
	if len(p.Recipients) != 2 || p.Recipients[0].To.Chat != "50255550001" || p.Recipients[1].To.Chat != "GT.1" {
		t.Fatalf("recipients %+v", p.Recipients)
	}
	m := p.Outgoing(&p.Recipients[0]).Content.Template
	if m.Shown.Body != "Hola Ana, mañana" || len(m.Values) != 3 {
		t.Errorf("%+v", m)
	}
}

// Tables of other spreadsheets are the same table.
func TestSeparatorsAndMarks(t *testing.T) {
	for name, text := range map[string]string{
		"semicolons": "phone;name;code\n+50255550001;Ana, B.;a1\n",
		"tabs":       "phone\tname\tcode\n+50255550001\tAna, B.\ta1\n",
		"mark":       "\ufeffphone,name,code\n+50255550001,\"Ana, B.\",a1\n",
		"told":       "sep=;\r\nphone;name;code\r\n+50255550001;Ana, B.;a1\r\n",
		"quoted":     "\"ph\"\"one;x\",phone,name,code\n,+50255550001,\"Ana, B.\",a1",
		"case":       "Teléfono , NAME, Code\n+50255550001,\"Ana, B.\",a1\n",
	} {
		p := mustRead(t, text)
		if len(p.Recipients) != 1 || len(p.Aside) != 0 || p.Recipients[0].Values["body.1"].Text != "Ana, B." {
			t.Errorf("%s: %+v %+v", name, p.Recipients, p.Aside)
		}
		if line := p.Recipients[0].Line; line != 2 && name != "told" || name == "told" && line != 3 {
			t.Errorf("%s: line %d", name, line)
		}
	}
	p, err := read(t, "phone,name,code\n50255550001,Ana,a1\n", broadcast.Mapping{Columns: mapping.Columns, Values: mapping.Values, Plus: true}, nil)
	if err != nil || len(p.Recipients) != 1 {
		t.Errorf("without plus signs: %+v, %v", p, err)
	}
}

// endless is a file that never ends.
type endless struct{ line string }

func (e endless) Read(p []byte) (int, error) {
	n := 0
	for n+len(e.line) <= len(p) {
		n += copy(p[n:], e.line)
	}
	if n == 0 {
		n = copy(p, e.line)
	}
	return n, nil
}

// A file that is no table is refused with a reason, whatever its size.
func TestWholeTableRefused(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want broadcast.FileReason
		line int
	}{
		"empty":    {"", broadcast.FileEmpty, 0},
		"blank":    {"\n\n", broadcast.FileEmpty, 0},
		"workbook": {"PK\x03\x04zzz", broadcast.FileBinary, 0},
		"utf-16":   {"\xff\xfep\x00h\x00", broadcast.FileBinary, 0},
		"no head":  {"+50255550001,Ana,a1\n", broadcast.FileHeadless, 1},
		"quotes":   {"phone,\"na\"me\n", broadcast.FileQuoting, 1},
		"one row":  {"phone,name,code\n+50255550001,\"" + strings.Repeat("never closed,", 50_000), broadcast.FileRow, 2},
		"rows":     {"phone,name,code\n" + strings.Repeat("x,,\n", broadcast.MaxRows+1), broadcast.FileLong, broadcast.MaxRows + 2},
	} {
		_, err := read(t, c.text, mapping, nil)
		var f *broadcast.FileError
		if !errors.As(err, &f) || f.Reason != c.want || c.line > 0 && f.Line != c.line {
			t.Errorf("%s: %v, want %s at %d", name, err, c.want, c.line)
		}
	}
	_, err := broadcast.Read(t.Context(), "x", endless{"phone,name,code" + strings.Repeat(" ", 1000) + "\n"}, mapping, judge(nil))
	var f *broadcast.FileError
	if !errors.As(err, &f) || f.Reason != broadcast.FileLarge && f.Reason != broadcast.FileLong {
		t.Errorf("without an end: %v", err)
	}
}

// A table that does not fit the template is refused before any row is looked at.
func TestMappingRefused(t *testing.T) {
	head := "phone,name,code\n"
	for name, c := range map[string]struct {
		text string
		m    broadcast.Mapping
		want broadcast.MappingReason
	}{
		"no number":      {"name,code\n", mapping, broadcast.MapNumber},
		"two numbers":    {"phone,mobile,name,code\n", mapping, broadcast.MapNumber},
		"number unknown": {head, broadcast.Mapping{Number: "x"}, broadcast.MapColumn},
		"no column":      {head, broadcast.Mapping{Columns: map[string]string{"nome": "1"}}, broadcast.MapColumn},
		"two columns":    {"phone,name,name,code\n", mapping, broadcast.MapTwice},
		"no parameter":   {head, broadcast.Mapping{Columns: map[string]string{"name": "9"}}, broadcast.MapParameter},
		"twice":          {head, broadcast.Mapping{Columns: map[string]string{"name": "1", "code": "body.1"}}, broadcast.MapTwice},
		"fixed too":      {head, broadcast.Mapping{Columns: map[string]string{"name": "1"}, Values: map[string]string{"1": "x"}}, broadcast.MapTwice},
		"fixed unknown":  {head, broadcast.Mapping{Values: map[string]string{"9": "x"}}, broadcast.MapParameter},
		"missing":        {head, broadcast.Mapping{Columns: map[string]string{"name": "1"}}, broadcast.MapMissing},
	} {
		_, err := read(t, c.text, c.m, nil)
		var m *broadcast.MappingError
		if !errors.As(err, &m) || m.Reason != c.want {
			t.Errorf("%s: %v, want %s", name, err, c.want)
		}
	}
	p, err := read(t, "phone,1,body.2,BUTTON0.1\n+50255550001,Ana,hoy,a1\n", broadcast.Mapping{}, nil)
	if err != nil || len(p.Recipients) != 1 {
		t.Errorf("found by their names: %+v, %v", p, err)
	}
}

// The same asked for again is the same broadcast, and anything else is another.
func TestABroadcastIsWhatIsAskedFor(t *testing.T) {
	const text = "phone,name,code\n+50255550001,Ana,a1\n"
	one, again := mustRead(t, text), mustRead(t, text)
	if one.ID != again.ID {
		t.Errorf("%s and %s", one.ID, again.ID)
	}
	for name, other := range map[string]func() (*broadcast.Plan, error){
		"file": func() (*broadcast.Plan, error) { return read(t, text+"\n", mapping, nil) },
		"name": func() (*broadcast.Plan, error) {
			return broadcast.Read(t.Context(), "december", strings.NewReader(text), mapping, judge(nil))
		},
		"value": func() (*broadcast.Plan, error) {
			return read(t, text, broadcast.Mapping{Columns: mapping.Columns, Values: map[string]string{"2": "hoy"}}, nil)
		},
	} {
		p, err := other()
		if err != nil || p.ID == one.ID {
			t.Errorf("another %s: %v, %v", name, p, err)
		}
	}
	people := []store.Conversation{{ID: "c1", Account: "shop", Chat: "1", Name: "Ana"}, {ID: "c2", Account: "shop", Chat: "2", Standing: store.Standing{Blocked: true}}, {ID: "c1", Account: "shop", Chat: "1"}, {ID: "c3", Account: "other", Chat: "3"}}
	p, err := broadcast.Of("x", people, nil, func(c *store.Conversation) map[string]provider.Value {
		return map[string]provider.Value{"body.1": {Text: "x"}, "body.2": {Text: "y"}, "button0.1": {Text: "z"}}
	}, judge(nil))
	if err != nil || len(p.Recipients) != 1 || p.Counts()[broadcast.ReasonBlocked] != 1 || p.Counts()[broadcast.ReasonDuplicate] != 1 || p.Counts()[broadcast.ReasonElsewhere] != 1 {
		t.Errorf("%+v, %v", p, err)
	}
}

// FuzzTable: whatever the bytes are, every row is either a recipient or set aside, and
// no number is called that is none.
func FuzzTable(f *testing.F) {
	for _, seed := range []string{
		"phone,name,code\n+50255550001,Ana,a1\n", "\ufeffsep=\t\nphone\tname\tcode\n\"+502\"\"\t\n", "phone;name;code\n+1;\"\n\"\";;", "PK\x03\x04", "\"", "sep=,",
		"phone,name,code\r\r\n+50255550001,\"a\r\nb\",\x00\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := read(t, text, mapping, nil)
		if err != nil {
			var file *broadcast.FileError
			var m *broadcast.MappingError
			if !errors.As(err, &file) && !errors.As(err, &m) {
				t.Fatalf("%v", err)
			}
			return
		}
		for i := range p.Recipients {
			to := string(p.Recipients[i].To.Chat)
			if len(to) < 7 || len(to) > 15 || strings.Trim(to, "0123456789") != "" {
				t.Errorf("%q is called", to)
			}
		}
		for _, a := range p.Aside {
			if a.Reason == "" || a.Line < 1 || a.End < a.Line {
				t.Errorf("%+v", a)
			}
		}
	})
}
