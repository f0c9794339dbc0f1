package simulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/jpeg"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
)

func template(to, name, language string, components ...string) string {
	return fmt.Sprintf(`{"messaging_product":"whatsapp","to":"%s","type":"template","template":{"name":"%s","language":{"code":"%s"},"components":[%s]}}`,
		to, name, language, strings.Join(components, ","))
}

func body(values ...string) string {
	var params []string
	for _, v := range values {
		b, _ := json.Marshal(map[string]string{"type": "text", "text": v})
		params = append(params, string(b))
	}
	return `{"type":"body","parameters":[` + strings.Join(params, ",") + `]}`
}

func TestTemplateChecks(t *testing.T) {
	header := `{"type":"header","parameters":[{"type":"image","image":{"link":"https://casalima.example/luis.jpg"}}]}`
	url := `{"type":"button","sub_type":"url","index":"0","parameters":[{"type":"text","text":"BK-1"}]}`
	named := `{"type":"header","parameters":[{"type":"text","parameter_name":"reference","text":"BK-1"}]},{"type":"body","parameters":[
		{"type":"text","parameter_name":"departure","text":"b"},{"type":"text","parameter_name":"guest","text":"a"},{"type":"text","parameter_name":"arrival","text":"c"}]}`
	for _, c := range []struct {
		name, send string
		code       int
	}{
		{"positional", template(tom, "visit_reminder", "en", body("Tom", "Monday", "3 and 4")), 0},
		{"named in any order", template(tom, "booking_confirmation", "en", named, url), 0},
		{"image header", template(tom, "technician_photo", "es", header, body("Luis", "20")), 0},
		{"no such name", template(tom, "visit_remember", "en", body("Tom", "Monday", "3")), 132001},
		{"no such language", template(tom, "visit_reminder", "fr", body("Tom", "Monday", "3")), 132001},
		{"rejected", template(tom, "late_checkout", "en", body("Tom", "1")), 132001},
		{"paused", template(tom, "boiler_check", "es", body("Tom", "1")), 132015},
		{"too few", template(tom, "visit_reminder", "en", body("Tom")), 132000},
		{"too many", template(tom, "visit_reminder", "en", body("Tom", "a", "b", "c")), 132000},
		{"none at all", template(tom, "visit_reminder", "en"), 132000},
		{"names missing", template(tom, "booking_confirmation", "en", body("a", "b", "c"), url), 132012},
		{"media header missing", template(tom, "technician_photo", "es", body("Luis", "20")), 132012},
		{"text for a media header", template(tom, "technician_photo", "es", `{"type":"header","parameters":[{"type":"text","text":"x"}]}`, body("Luis", "20")), 132012},
		{"URL suffix missing", template(tom, "booking_confirmation", "en", named), 131008},
		{"line break", template(tom, "visit_reminder", "en", body("Tom\nBecker", "Monday", "3")), 132018},
		{"tab", template(tom, "visit_reminder", "en", body("Tom\tBecker", "Monday", "3")), 132018},
		{"five spaces", template(tom, "visit_reminder", "en", body("Tom     Becker", "Monday", "3")), 132018},
		{"empty", template(tom, "visit_reminder", "en", body("", "Monday", "3")), 132018},
		{"too long", template(tom, "visit_reminder", "en", body(strings.Repeat("x", 1100), "Monday", "3")), 132005},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			if c.code == 0 {
				id := b.send(c.send)
				b.pass(time.Minute)
				if code, _ := b.failure(id); code != 0 {
					t.Errorf("a template outside the window failed with %d", code)
				}
				return
			}
			if _, code := b.refused(c.send); code != c.code {
				t.Errorf("code %d, want %d", code, c.code)
			}
		})
	}
}

func TestPauseTemplate(t *testing.T) {
	b := newBench(t)
	b.sim.PauseTemplate("follow_up")
	b.advance()
	if _, code := b.refused(template(tom, "follow_up", "en")); code != 132015 {
		t.Errorf("a paused template: %d", code)
	}
	var languages int
	for _, p := range b.posts {
		c := p.Entry[0].Changes[0]
		if c.Field == "message_template_status_update" && c.Value.Event == "PAUSED" && c.Value.Name == "follow_up" && p.Entry[0].Time != 0 {
			languages++
		}
	}
	if languages != 4 {
		t.Errorf("%d webhooks for four languages", languages)
	}
}

func TestRequestChecks(t *testing.T) {
	long := strings.Repeat("é", 4097)
	for _, c := range []struct {
		name, send string
		code       int
	}{
		{"not JSON", `{`, 100},
		{"no product", `{"to":"` + tom + `","type":"text","text":{"body":"x"}}`, 100},
		{"no recipient", `{"messaging_product":"whatsapp","type":"text","text":{"body":"x"}}`, 131008},
		{"no text", `{"messaging_product":"whatsapp","to":"` + tom + `","type":"text"}`, 131008},
		{"blank text", text(tom, "  \n"), 131008},
		{"long text", text(tom, long)[:len(text(tom, long))-1] + `,"biz_opaque_callback_data":""}`, 100},
		{"no number", text("hello", "x"), 131009},
		{"a user id as number", `{"messaging_product":"whatsapp","to":"` + maria + `","type":"text","text":{"body":"x"}}`, 131009},
		{"ourselves", text("+502 2222 3333", "x"), 131021},
		{"unknown type", `{"messaging_product":"whatsapp","to":"` + tom + `","type":"hologram"}`, 131009},
		{"unknown media", `{"messaging_product":"whatsapp","to":"` + tom + `","type":"image","image":{"id":"1"}}`, 131009},
		{"caption of a voice message", `{"messaging_product":"whatsapp","to":"` + tom + `","type":"audio","audio":{"link":"https://a.example/b.ogg","caption":"x"}}`, 131051},
		{"reaction to nothing", `{"messaging_product":"whatsapp","to":"` + tom + `","type":"reaction","reaction":{"message_id":"wamid.x","emoji":"👍"}}`, 131009},
		{"four buttons", `{"messaging_product":"whatsapp","to":"` + tom + `","type":"interactive","interactive":{"type":"button","body":{"text":"x"},"action":{"buttons":[
			{"reply":{"id":"1","title":"1"}},{"reply":{"id":"2","title":"2"}},{"reply":{"id":"3","title":"3"}},{"reply":{"id":"4","title":"4"}}]}}}`, 131009},
		{"long callback", `{"messaging_product":"whatsapp","to":"` + tom + `","biz_opaque_callback_data":"` + strings.Repeat("x", 513) + `","text":{"body":"x"}}`, 100},
		{"mark of nothing", `{"messaging_product":"whatsapp","status":"read","message_id":"wamid.x"}`, 131009},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			if status, code := b.refused(c.send); code != c.code || status != http.StatusBadRequest {
				t.Errorf("answered %d, code %d, want %d", status, code, c.code)
			}
			if n := len(b.sim.Accepted()); n != 0 {
				t.Errorf("%d accepted", n)
			}
		})
	}
}

func TestTokenAndPath(t *testing.T) {
	b := newBench(t)
	for _, c := range []struct {
		path, token  string
		status, code int
	}{
		{sendPath, "wrong", 401, 190},
		{sendPath, "", 401, 190},
		{"/v26.0/123/messages", testToken, 400, 100},
		{"/latest/" + testNumber + "/messages", testToken, 400, 100},
		{"/nowhere", testToken, 400, 100},
	} {
		req, _ := http.NewRequest(http.MethodPost, b.api.URL+c.path, strings.NewReader(text(tom, "x")))
		if c.token != "" {
			req.Header.Set("Authorization", "Bearer "+c.token)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var answer struct {
			Error struct {
				Code  int    `json:"code"`
				Trace string `json:"fbtrace_id"`
			} `json:"error"`
		}
		if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
			t.Error(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != c.status || answer.Error.Code != c.code || answer.Error.Trace == "" {
			t.Errorf("%s: %d %+v", c.path, res.StatusCode, answer)
		}
	}
}

func TestPairRate(t *testing.T) {
	b := newBench(t)
	for range 45 {
		b.send(text(tom, "burst"))
	}
	if _, code := b.refused(text(tom, "one more")); code != 131056 {
		t.Errorf("the 46th in a burst: %d", code)
	}
	b.send(text(maria, "others are not concerned"))
	b.set(start.Add(6 * time.Second))
	b.send(text(tom, "after six seconds"))
	if _, code := b.refused(text(tom, "and one more")); code != 131056 {
		t.Errorf("two after six seconds: %d", code)
	}
}

func TestThroughput(t *testing.T) {
	b := newBench(t, func(o *Options) { o.Throughput = 3 })
	for range 3 {
		b.send(text(tom, "x"))
	}
	if _, code := b.refused(text(maria, "x")); code != 130429 {
		t.Errorf("the fourth in a second: %d", code)
	}
	b.set(start.Add(time.Second))
	b.send(text(maria, "x"))
}

func TestTemplatePages(t *testing.T) {
	b := newBench(t)
	var names []string
	next := b.api.URL + "/v26.0/" + testWABA + "/message_templates?limit=5"
	pages := 0
	for ; next != ""; pages++ {
		var page struct {
			Data []struct {
				Name, Language, Status string
				Components             []map[string]any
			}
			Paging struct{ Next string }
		}
		b.get(next, &page)
		for _, d := range page.Data {
			names = append(names, d.Name+" "+d.Language)
		}
		next = page.Paging.Next
	}
	all := b.sim.Templates(testWABA)
	if len(names) != len(all) || pages != (len(all)+4)/5 || len(slices.Compact(slices.Sorted(slices.Values(names)))) != len(all) {
		t.Errorf("%d pages, %d of %d templates: %v", pages, len(names), len(all), names)
	}
	var paused struct{ Data []map[string]any }
	b.get(b.api.URL+"/v26.0/"+testWABA+"/message_templates?status=PAUSED", &paused)
	if len(paused.Data) != 1 || paused.Data[0]["name"] != "boiler_check" {
		t.Errorf("paused: %v", paused.Data)
	}
}

func (b *bench) get(url string, into any) {
	b.t.Helper()
	data, _ := b.fetch(url, http.StatusOK)
	if err := json.Unmarshal(data, into); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) fetch(url string, want int) ([]byte, http.Header) {
	b.t.Helper()
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+testToken)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != want {
		b.t.Fatalf("%s: %d %v %s", url, res.StatusCode, err, data)
	}
	return data, res.Header
}

func TestInboundMedia(t *testing.T) {
	b := newBench(t)
	_, err := b.sim.Say(tom, provider.Content{Kind: provider.Image, Text: "look", Media: &provider.Media{MIME: "image/jpeg"}})
	if err != nil {
		t.Fatal(err)
	}
	b.advance()
	id := b.messages()[0]["image"].(map[string]any)["id"].(string)
	var found struct {
		URL  string `json:"url"`
		Size int    `json:"file_size"`
	}
	b.get(b.api.URL+"/v26.0/"+id, &found)
	data, header := b.fetch(found.URL, http.StatusOK)
	if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil || header.Get("Content-Type") != "image/jpeg" || len(data) != found.Size {
		t.Errorf("downloaded %d bytes of %s: %v", len(data), header.Get("Content-Type"), err)
	}
	b.set(start.Add(6 * time.Minute))
	b.fetch(found.URL, http.StatusNotFound)
}

func TestUpload(t *testing.T) {
	b := newBench(t)
	upload := func(kind string) int {
		var form bytes.Buffer
		w := multipart.NewWriter(&form)
		_ = w.WriteField("messaging_product", "whatsapp")
		part, _ := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="a"`}, "Content-Type": {kind}})
		_, _ = part.Write([]byte("%PDF-1.4"))
		_ = w.Close()
		req, _ := http.NewRequest(http.MethodPost, b.api.URL+"/v26.0/"+testNumber+"/media", &form)
		req.Header.Set("Authorization", "Bearer "+testToken)
		req.Header.Set("Content-Type", w.FormDataContentType())
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var answer struct{ ID string }
		_ = json.NewDecoder(res.Body).Decode(&answer)
		if answer.ID != "" {
			b.send(`{"messaging_product":"whatsapp","to":"` + tom + `","type":"document","document":{"id":"` + answer.ID + `","filename":"a.pdf"}}`)
			if _, code := b.refused(`{"messaging_product":"whatsapp","to":"` + tom + `","type":"image","image":{"id":"` + answer.ID + `"}}`); code != 131053 {
				t.Errorf("a document sent as an image: %d", code)
			}
		}
		return res.StatusCode
	}
	if got := upload("application/pdf"); got != http.StatusOK {
		t.Errorf("a document: %d", got)
	}
	if got := upload("application/x-msdownload"); got != http.StatusBadRequest {
		t.Errorf("a program: %d", got)
	}
}

func TestReadMarkAndTyping(t *testing.T) {
	b := newBench(t)
	id, _ := b.sim.Say(tom, provider.TextContent("hi"))
	for _, extra := range []string{"", `,"typing_indicator":{"type":"text"}`} {
		status, answer := b.call(sendPath, `{"messaging_product":"whatsapp","status":"read","message_id":"`+string(id)+`"`+extra+`}`)
		if status != http.StatusOK || answer["success"] != true {
			t.Errorf("%d %v", status, answer)
		}
	}
	if marks := b.sim.Marks(); len(marks) != 2 || marks[0].Typing || !marks[1].Typing || marks[1].Message != id {
		t.Errorf("marks: %+v", marks)
	}
}
