package store_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/store/storetest"
)

func (w *world) search(typed string) []store.Hit {
	w.t.Helper()
	hits, err := w.s.Search(w.ctx, typed, store.SearchCursor{}, 50)
	if err != nil {
		w.t.Fatal(err)
	}
	return hits
}

func TestSearchFinds(t *testing.T) {
	texts := map[string]string{
		"es": "¿Cuándo viene el técnico a reparar la caldera?",
		"ja": "予約を来週の金曜日に変更できますか？",
		"ar": "هَلْ يُمْكِنُنِي تغيير موعد الزيارة؟",
		"hi": "कृपया मेरा बिल भेजें",
		"he": "תודה רבה, הכול מסודר",
		"ko": "예약을 변경하고 싶어요",
		"th": "ขอเลื่อนนัดเป็นวันศุกร์",
		"pt": "Podem mandar a segunda via do boleto?",
	}
	w := newWorld(t)
	for chat, text := range texts {
		w.apply(w.log.Inbound(provider.ChatID(chat), "N", text, storetest.Now))
	}
	cases := []struct {
		name, typed, chat, marked string
	}{
		{"without accents", "tecnico", "es", "técnico"},
		{"in capitals", "CALDERA", "es", "caldera"},
		{"by a beginning", "repar", "es", "reparar"},
		{"all words", "boleto segunda", "pt", "segunda"},
		{"part of Japanese", "金曜日", "ja", "金曜日"},
		{"one character", "週", "ja", "週"},
		{"Arabic without points", "يمكنني", "ar", "يُمْكِنُنِي"},
		{"Hindi", "बिल", "hi", "बिल"},
		{"Hebrew", "מסודר", "he", "מסודר"},
		{"part of Korean", "변경", "ko", "변경"},
		{"part of Thai", "วันศุกร์", "th", "วันศุกร์"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			hits := w.search(c.typed)
			if len(hits) != 1 || string(hits[0].Conversation.Chat) != c.chat || hits[0].Message == 0 {
				t.Fatalf("%d hits: %+v", len(hits), hits)
			}
			var marked []string
			for _, s := range hits[0].Spans {
				marked = append(marked, hits[0].Snippet[s.Start:s.End])
			}
			if len(marked) == 0 || marked[0] != c.marked {
				t.Errorf("marked %q in %q, want %q", marked, hits[0].Snippet, c.marked)
			}
		})
	}
}

// TestFilesAndPlacesAreFoundByTheirNames: also where they came with words of their own.
func TestFilesAndPlacesAreFoundByTheirNames(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Message("1", "A", provider.Content{Kind: provider.Document, Text: "as promised", Media: &provider.Media{ID: "m", Name: "قائمة-invoice-1050.pdf"}}, storetest.Now),
		w.log.Message("2", "B", provider.Content{Kind: provider.Document, Media: &provider.Media{ID: "n", Name: "予約表.xlsx"}}, storetest.Now),
		w.log.Message("3", "C", provider.Content{Kind: provider.Location, Place: &provider.Place{Name: "Office", Address: "Calle Mayor 4"}}, storetest.Now),
		w.log.Message("4", "D", provider.Content{Kind: provider.Contacts, Cards: []provider.ContactCard{{Name: "Elif Kaya"}, {Name: "प्रिया शर्मा"}}}, storetest.Now))
	for typed, want := range map[string][2]string{
		"1050": {"1", "1050"}, "promised invoice": {"1", "promised"}, "قائمة": {"1", "قائمة"}, "約表": {"2", "約表"}, "mayor": {"3", "Mayor"}, "office": {"3", "Office"}, "शर्मा": {"4", "शर्मा"},
	} {
		hits := w.search(typed)
		if len(hits) != 1 || string(hits[0].Conversation.Chat) != want[0] || len(hits[0].Spans) == 0 || hits[0].Snippet[hits[0].Spans[0].Start:hits[0].Spans[0].End] != want[1] {
			t.Errorf("%q finds %+v", typed, hits)
		}
	}
	if hits := w.search("has:document as"); len(hits) != 1 || hits[0].Snippet != "as promised · قائمة-invoice-1050.pdf" {
		t.Errorf("shown as %+v", hits)
	}
}

func TestSearchTakesAnythingTyped(t *testing.T) {
	w := newWorld(t)
	w.apply(w.log.Inbound("1", "A", `say "hello" AND (goodbye) NEAR x* -y`, storetest.Now))
	for _, typed := range []string{`"`, `hello"`, `AND`, `(goodbye`, `NEAR(`, `x*`, `-y`, `body:hello`, "🙏", "", " ", "a\x00b", "^hello", "{a b}"} {
		w.search(typed) // any error ends the test
	}
	if hits := w.search(`"hello" AND`); len(hits) != 1 {
		t.Errorf("%d hits", len(hits))
	}
}

func TestSearchIsNewestFirstAndPaged(t *testing.T) {
	w := newWorld(t)
	for i := range 12 {
		w.log.At = storetest.Now.Add(time.Duration(i) * time.Second)
		w.apply(w.log.Inbound("1", "A", fmt.Sprintf("invoice %d", i), w.log.At))
	}
	var got []string
	var cursor store.SearchCursor
	for {
		hits, err := w.s.Search(w.ctx, "invoice", cursor, 5)
		if err != nil {
			t.Fatal(err)
		}
		if len(hits) == 0 {
			break
		}
		for _, h := range hits {
			got = append(got, h.Snippet)
		}
		cursor = hits[len(hits)-1].Cursor()
	}
	var want []string
	for i := 11; i >= 0; i-- {
		want = append(want, fmt.Sprintf("invoice %d", i))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSearchFindsContacts(t *testing.T) {
	w := &world{t: t, ctx: t.Context(), s: storetest.New(t)}
	for typed, chat := range map[string]provider.ChatID{
		"fernandez": storetest.Lucia, "佐藤": storetest.Yuki, "9198003": storetest.Priya,
		"SR-2024-001": storetest.Lucia, "عمر": storetest.Omar,
	} {
		hits := w.search(typed)
		if len(hits) == 0 || hits[0].Message != 0 || hits[0].Conversation.Chat != chat {
			t.Errorf("%s finds %+v", typed, hits)
		}
	}
}

func TestSearchFindsWhatWeWrote(t *testing.T) {
	w := newWorld(t)
	m := w.send("1", "the plumber comes at ten")
	hits := w.search("plumb")
	if len(hits) != 1 || hits[0].Message != m.Key {
		t.Errorf("hits %+v", hits)
	}
}
