package overlay

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/action"
	"frontdesk/webhookrelay/event"
)

func listed(p *Picker) []string {
	var out []string
	for _, i := range p.shown {
		t := &p.data.Templates[i]
		out = append(out, t.Name+"/"+t.Language)
	}
	return out
}

func TestPickerOrder(t *testing.T) {
	want := []string{
		"appointment_reminder/tr", // the contact's language, and used last
		"spring_offer/tr", "thanks/tr",
		"appointment_reminder/en", "order_link/en", "service_followup/en",
		"review_request/en", // may not be sent
	}
	if diff := cmp.Diff(want, listed(picker())); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPickerFilter(t *testing.T) {
	for _, c := range []struct {
		query string
		want  []string
	}{
		{"apprem", []string{"appointment_reminder/tr", "appointment_reminder/en"}},
		{"marketing", []string{"spring_offer/tr"}},
		{"randevu", []string{"appointment_reminder/tr"}}, // in its words
		{"zzzz", nil},
	} {
		p := picker()
		press(p, "'"+c.query)
		if diff := cmp.Diff(c.want, listed(p)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.query, diff)
		}
	}
}

func TestPickerRegion(t *testing.T) {
	for _, c := range []struct {
		tag, want string
		near      int
	}{
		{"pt_BR", "pt-BR", 2}, {"pt_PT", "pt-BR", 1}, {"pt", "pt-BR", 1}, {"es", "pt-BR", 0}, {"en", "", 0},
	} {
		if got := nearness(c.tag, c.want); got != c.near {
			t.Errorf("nearness(%s, %s) = %d, want %d", c.tag, c.want, got, c.near)
		}
	}
}

func TestPickerPrefill(t *testing.T) {
	named := func(names ...string) provider.Template {
		text := ""
		for _, n := range names {
			text += "{{" + n + "}} "
		}
		return provider.Template{
			Name: "t", Language: "tr", Named: true, Status: provider.Approved,
			Components: []provider.Component{{Part: provider.PartBody, Text: text}},
		}
	}
	number := elif()
	number.Name = number.Phone
	positional := func(text string, examples ...string) provider.Template {
		return provider.Template{Name: "t", Language: "es", Components: []provider.Component{component(provider.PartBody, text, examples...)}}
	}
	visit := func(value string) store.Conversation {
		c := elif()
		c.Link = event.Linked{Fields: map[string]string{"visita": value}}
		return c
	}
	japanese := elif()
	japanese.Name = "山田 太郎"
	for _, c := range []struct {
		name string
		conv store.Conversation
		t    provider.Template
		use  Use
		want []string // text from where
	}{
		{
			"by name", elif(), named("name", "Date", "booking", "color"),
			Use{},
			[]string{"Elif 1", "21 Kasım 2", "BK-7702 2", " 0"},
		},
		{"full name", elif(), named("full_name"), Use{}, []string{"Elif Yılmaz 1"}},
		{"no name is known", number, named("name", "phone"), Use{}, []string{" 0", "905551234567 1"}},
		{"family name first", japanese, named("name"), Use{}, []string{"山田 太郎 1"}},
		{"by place", elif(), templates()[3], Use{}, []string{"Elif 1", "21 Kasım 2", "14:00 2"}},
		{"nothing that only has a digit too", visit("hoy, 15:00"), positional("Su técnico llega en unos {{1}} minutos.", "15"), Use{}, []string{" 0"}},
		{
			"nor where that was chosen once", visit("hoy, 15:00"), positional("Su técnico llega en unos {{1}} minutos.", "15"),
			Use{Values: map[string]string{"body.1@from": linkPrefix + "visita"}},
			[]string{" 0"},
		},
		{"a number for a number", visit("20"), positional("Su técnico llega en unos {{1}} minutos.", "15"), Use{}, []string{"20 2"}},
		{"no words for a day", visit("Luis Ortega"), positional("{{1}}, le recordamos su visita el {{2}}.", "Lucía", "viernes"), Use{}, []string{"Elif 1", " 0"}},
		{"nothing without an example", visit("20"), positional("{{1}} {{2}}"), Use{}, []string{" 0", " 0"}},
		{"an example with digits is no name", elif(), func() provider.Template {
			x := templates()[3]
			x.Components = []provider.Component{component(provider.PartBody, "{{1}}", "12345")}
			return x
		}(), Use{}, []string{" 0"}},
		{"what was typed is not filled in", elif(), named("color"), Use{Values: map[string]string{"body.color": "mavi"}}, []string{" 0"}},
		{"nor does it keep the contact's own out", elif(), templates()[3], Use{Values: map[string]string{"body.1": "Juan"}}, []string{"Elif 1", "21 Kasım 2", "14:00 2"}},
		{"people by other names", elif(), named("guest", "client", "cliente", "huésped", "hóspede"), Use{}, []string{"Elif 1", "Elif 1", "Elif 1", "Elif 1", "Elif 1"}},
		{
			"remembered source before name", elif(), named("name"),
			Use{Values: map[string]string{"body.name@from": sourceName}},
			[]string{"Elif Yılmaz 1"},
		},
		{"link of a button", elif(), templates()[6], Use{}, []string{"BK-7702 2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range prefill(c.t.Fields(), &c.conv, c.use) {
				got = append(got, fmt.Sprintf("%s %d", f.text, f.from))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Two values have one shape where one may stand in the other's place.
func TestShape(t *testing.T) {
	alike := [][]string{
		{"15", "20", "5"},
		{"7702", "123456"},
		{"10:00", "9:30", "09.30", "14h30", "3 pm", "15:00 hs"},
		{"21 May", "1 Ocak", "3 junio", "21 Kasım", "15 mar"},
		{"21 de mayo", "3 de junho"},
		{"11月21日", "1月2日"},
		{"2026-11-21", "2027-01-02"},
		{"21/11/2026", "2/1/2027"},
		{"21/11", "2/1"},
		{"BK-7702", "BK-10011"},
		{"SR-2024-001", "SR-2025-017"},
		{"hoy, 15:00", "hoy, 9:30"},
		{"15 mar, 10:00", "2 abr, 9:30"},
		{"10 minutes", "15 minutes"},
		{"Q50.00", "Q12.50"},
		{"viernes", "hoy", "Monday"},
		{"Lucía", "the blue house", "محمد"},
	}
	for i, one := range alike {
		for j, other := range alike {
			for _, a := range one {
				for _, b := range other {
					if got := likeExample(a, b); got != (i == j) {
						t.Errorf("%q for %q: %v", a, b, got)
					}
				}
			}
		}
	}
	for _, nothing := range []string{"", "  ", "—", "!?"} {
		if likeExample(nothing, nothing) {
			t.Errorf("%q has a shape", nothing)
		}
	}
}

// Of a value that came from this customer only its source is remembered, also
// where the agent typed it. What else was typed is offered to the next one and
// not filled in: it takes a key of its own.
func TestPickerRemembersSourcesNotPeople(t *testing.T) {
	p := picker()
	act := press(p, "enter", "enter")
	send, ok := act.(action.SendTemplate)
	if !ok {
		t.Fatalf("got %#v", act)
	}
	want := map[string]string{"body.1@from": sourceFirstName, "body.2@from": linkPrefix + "date", "body.3@from": linkPrefix + "time"}
	if diff := cmp.Diff(want, send.Values); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	other := elif()
	other.Name, other.Link.Fields = "Juan Pérez", map[string]string{"date": "5 Mayıs"}
	got := prefill(p.template().Fields(), &other, Use{Values: send.Values})
	if got[0].text != "Juan" || got[1].text != "5 Mayıs" || got[2].text != "" {
		t.Errorf("got %+v", got)
	}
}

func TestPickerOffersWhatWasTyped(t *testing.T) {
	p := picker()
	press(p, "enter", "ctrl+u", "'09:15", "shift+tab", "shift+tab", "ctrl+u", "'elif", "enter", "enter")
	send, ok := press(p, "enter").(action.SendTemplate)
	if !ok {
		t.Fatal("a filled template does not go")
	}
	want := map[string]string{"body.1@from": sourceFirstName, "body.2@from": linkPrefix + "date", "body.3": "09:15"}
	if diff := cmp.Diff(want, send.Values); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	next := elif()
	next.Name, next.Link = "Juan Pérez", event.Linked{Fields: map[string]string{"date": "5 Mayıs"}}
	p = NewPicker(look(), PickerData{
		Conversation: next, Caps: whatsapp(), Templates: templates(), SyncedAt: now(),
		Use: map[string]Use{"appointment_reminder/tr": {LastUsed: now(), Values: send.Values}},
	})
	press(p, "enter")
	if got := screen(t, p, 120, 38); !strings.Contains(got, "09:15") || !strings.Contains(got, "last time's") || strings.Contains(got, "saat 09:15") {
		t.Errorf("it is not offered, or is in the message:\n%s", got)
	}
	if _, sent := press(p, "enter", "enter").(action.SendTemplate); sent {
		t.Fatal("another customer's value goes out without a key for it")
	}
	for _, take := range []string{"tab", "right"} {
		press(p, "ctrl+u", take)
		if f := &p.fields[2]; f.buf.Text() != "09:15" || p.where(f) != p.look.Words.Picker.Remembered || p.focus != 2 {
			t.Errorf("%s leaves %q, %s, in field %d", take, f.buf.Text(), p.where(f), p.focus)
		}
	}
	send, ok = press(p, "enter").(action.SendTemplate)
	if !ok || send.Values["body.3"] != "09:15" || send.Values["body.1@from"] != sourceFirstName {
		t.Errorf("got %#v", send)
	}
}

func TestPickerSend(t *testing.T) {
	p := picker()
	press(p, "enter") // to the last field, since all are filled
	if p.stage != filling || p.focus != 2 {
		t.Fatalf("stage %d, field %d", p.stage, p.focus)
	}
	send, ok := press(p, "enter").(action.SendTemplate)
	if !ok {
		t.Fatal("a filled template does not go")
	}
	if got, want := send.Message.Shown.Body, "Merhaba Elif, yarınki randevunuz 21 Kasım saat 14:00. Onaylıyor musunuz?"; got != want {
		t.Errorf("body %q, want %q", got, want)
	}
	if len(send.Message.Values) != 3 || send.Message.Language != "tr" {
		t.Errorf("message %+v", send.Message)
	}
	if again := press(p, "enter"); again != nil {
		t.Errorf("a second Enter asks again: %#v", again)
	}
}

// What the network would refuse does not leave, and says why.
func TestPickerLint(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
		want string
	}{
		{"empty", []string{"enter", "ctrl+u", "enter"}, "value 3 is empty. Fill it in."},
		{"spaces", []string{"enter", "'a     b", "enter"}, "value 3 has more than four spaces in a row. Take some out."},
		{"too long", []string{"enter", "'" + strings.Repeat("x", 1024), "enter"}, "the most is 1024"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := picker()
			act := press(p, c.keys...)
			say, ok := act.(action.Say)
			if !ok || !strings.Contains(say.Text, c.want) {
				t.Fatalf("got %#v, want %q", act, c.want)
			}
			shown := strings.Join(strings.Fields(screen(t, p, 120, 38)), " ")
			if !strings.Contains(shown, "✗") {
				t.Errorf("the screen does not say so:\n%s", shown)
			}
		})
	}
}

// A pasted text of many lines becomes one: a value may have no line break.
func TestPickerPaste(t *testing.T) {
	p := picker()
	press(p, "enter", "ctrl+u")
	p.Paste("14:00\r\nor\nlater")
	if got := p.fields[2].buf.Text(); got != "14:00 or later" {
		t.Errorf("got %q", got)
	}
	if got := p.where(&p.fields[2]); got != p.look.Words.Picker.Typed {
		t.Errorf("comes from %q", got)
	}
}

func TestPickerRefusesPaused(t *testing.T) {
	p := picker()
	act := press(p, "'review", "enter")
	say, ok := act.(action.Say)
	if !ok || !strings.Contains(say.Text, "paused") {
		t.Fatalf("got %#v", act)
	}
	if p.stage != choosing {
		t.Error("a paused template can be filled")
	}
}

// A template without fields goes after one look at the preview: the first
// Enter shows, the second sends.
func TestPickerLook(t *testing.T) {
	p := picker()
	if act := press(p, "'thanks", "enter"); act != nil {
		t.Fatalf("the first Enter asks for %#v", act)
	}
	if _, ok := press(p, "enter").(action.SendTemplate); !ok {
		t.Fatal("the second Enter does not send")
	}
}

func TestPickerMediaHeader(t *testing.T) {
	p := picker()
	press(p, "'spring", "enter")
	if p.focus != 0 {
		t.Fatalf("the missing file is not the first thing asked for: field %d", p.focus)
	}
	p.Paste("https://files.example/spring.jpg")
	send, ok := press(p, "enter", "enter").(action.SendTemplate)
	if !ok {
		t.Fatal("does not go")
	}
	if m := send.Message.Shown.Media; m == nil || m.Link != "https://files.example/spring.jpg" {
		t.Errorf("media %+v", m)
	}
}

// A customer who opted for another network's rules: the judge has the last
// word even in the picker.
func TestPickerAsksTheJudge(t *testing.T) {
	p := picker()
	p.data.Caps = &provider.Capabilities{Send: map[provider.ContentKind]provider.Level{}}
	act := press(p, "enter", "enter")
	if say, ok := act.(action.Say); !ok || !strings.Contains(say.Text, "takes no template") {
		t.Fatalf("got %#v", act)
	}
}

func TestPickerEsc(t *testing.T) {
	p := picker()
	press(p, "enter", "esc")
	if p.stage != choosing {
		t.Fatal("Esc in the fields does not go back to the list")
	}
	if _, ok := press(p, "esc").(action.Close); !ok {
		t.Fatal("Esc in the list does not close")
	}
}

// A list that arrives while the agent fills a template changes nothing of it.
func TestPickerNewListKeepsTyping(t *testing.T) {
	p := picker()
	press(p, "enter", "ctrl+u", "'15:30")
	d := p.data
	d.Templates = append([]provider.Template{{Name: "aaa", Language: "tr", Status: provider.Approved}}, templates()...)
	d.SyncedAt = now()
	p.SetData(d)
	if p.template().Name != "appointment_reminder" || p.template().Language != "tr" {
		t.Fatalf("another template: %s/%s", p.template().Name, p.template().Language)
	}
	if got := p.fields[2].buf.Text(); got != "15:30" {
		t.Errorf("typed text is %q", got)
	}
}

// An empty list is only said to be empty once it has been read.
func TestPickerReading(t *testing.T) {
	p := NewPicker(look(), PickerData{Conversation: elif(), Caps: whatsapp()})
	if got := screen(t, p, 80, 22); !strings.Contains(got, "reading") || strings.Contains(got, "no templates") {
		t.Errorf("before the list was read:\n%s", got)
	}
	for level, want := range map[provider.Level]string{provider.Full: "has no templates", provider.Absent: "lists no templates"} {
		caps := *whatsapp()
		caps.TemplateList = level
		p.SetData(PickerData{Conversation: elif(), Caps: &caps, SyncedAt: now().Add(-time.Minute)})
		if got := screen(t, p, 80, 22); !strings.Contains(got, want) {
			t.Errorf("after, where listing is %d, it does not say %q:\n%s", level, want, got)
		}
	}
}

func TestCostInsideTheWindow(t *testing.T) {
	c := elif()
	c.LastInbound = now().Add(-time.Hour)
	p := NewPicker(look(), PickerData{Conversation: c, Caps: whatsapp(), Templates: templates()})
	if got := screen(t, p, 120, 38); !strings.Contains(got, "costs one utility message") {
		t.Errorf("a utility template in an open window:\n%s", got)
	}
	press(p, "'spring")
	if got := screen(t, p, 120, 38); !strings.Contains(got, "costs one marketing message") {
		t.Errorf("a marketing template:\n%s", got)
	}
}

// A template that nobody has begun to fill in has no mistakes yet; they are
// named once the fields have the keys.
func TestMissingValuesAreNoMistakesYet(t *testing.T) {
	c := elif()
	c.Name, c.Link = "", event.Linked{}
	p := NewPicker(look(), PickerData{Conversation: c, Caps: whatsapp(), Templates: templates()})
	if got := screen(t, p, 120, 38); !strings.Contains(got, "to fill in") || strings.Contains(got, "is empty") {
		t.Errorf("before anything was typed:\n%s", got)
	}
	press(p, "enter")
	if got := screen(t, p, 120, 38); !strings.Contains(got, "is empty. Fill it in.") {
		t.Errorf("in the fields:\n%s", got)
	}
}
