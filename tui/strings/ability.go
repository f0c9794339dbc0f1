package strings

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"frontdesk/provider"
)

// Ability is the words for what an inbox can do.
type Ability struct {
	// Groups says what a table of capabilities says, in the order in which a person
	// asks: what may be sent, when, what comes back, and what else can be done.
	Groups func(*provider.Capabilities) []AbilityGroup
	// Kinds says what is other in the kinds of chat that differ.
	Kinds func(provider.Tables) AbilityGroup
	// Charges says what was delivered in a month, by what the network charges it as;
	// no row where no receipt tells.
	Charges func(month time.Time, by map[string]int, untold int) AbilityGroup
	// Title is over them: the inbox.
	Title func(name string) string
	Hints []Hint
}

// AbilityGroup is the rows of one question.
type AbilityGroup struct {
	Title string
	Rows  []AbilityRow
}

// AbilityRow is one thing: what it is, whether it can be done, and how or why not.
type AbilityRow struct {
	What string
	Can  bool
	Says string
}

func englishAbility() Ability {
	return Ability{
		Groups:  abilityGroups,
		Kinds:   kindRows,
		Charges: chargeRows,
		Title:   func(name string) string { return "What " + name + " can do" },
		Hints:   []Hint{{"↑ ↓", "move"}, {"Esc", "close"}},
	}
}

func abilityGroups(c *provider.Capabilities) []AbilityGroup {
	return []AbilityGroup{
		{"What can be sent", sendRows(c)}, {"When", whenRows(c)}, {"What comes back", backRows(c)}, {"What else", elseRows(c)},
	}
}

// kinds are those a person may want to send, in their order.
var kinds = [...]provider.ContentKind{
	provider.Text, provider.Templated, provider.Image, provider.Video, provider.Audio, provider.Document, provider.Sticker,
	provider.Location, provider.Contacts, provider.Interactive, provider.Reaction,
}

func sendRows(c *provider.Capabilities) []AbilityRow {
	var rows []AbilityRow
	for _, kind := range kinds {
		level := c.Send[kind]
		row := AbilityRow{What: content(kind), Can: level > provider.Absent, Says: levelWords(level)}
		switch why := c.Why[kind]; {
		case !row.Can && why != "":
			row.Says = why
		case row.Can:
			row.Says = joined(row.Says, limits(c, kind), why)
		}
		rows = append(rows, row)
	}
	return append(rows, AbilityRow{"Reply to a message", c.Reply > provider.Absent, levelWords(c.Reply)})
}

func levelWords(l provider.Level) string {
	switch l {
	case provider.Full:
		return "yes"
	case provider.Converted:
		return "as something lesser"
	case provider.Dropped:
		return "the network drops it without a word"
	case provider.Rejected:
		return "the network refuses it"
	}
	return "no"
}

// joined puts parts in one line; a yes that is followed by something says no more.
func joined(parts ...string) string {
	var said []string
	for _, p := range parts {
		if p != "" {
			said = append(said, p)
		}
	}
	if len(said) > 1 && said[0] == levelWords(provider.Full) {
		said = said[1:]
	}
	return strings.Join(said, "; ")
}

func limits(c *provider.Capabilities, kind provider.ContentKind) string {
	switch kind {
	case provider.Text:
		return limitWords("up to", c.Text)
	case provider.Interactive:
		return limitWords("text up to", c.MenuText)
	}
	rule, ok := c.Taken()[kind]
	if !ok {
		return ""
	}
	caption := ""
	if rule.Caption > provider.Absent {
		caption = limitWords("caption up to", c.Caption)
	}
	most := ""
	if rule.Max > 0 {
		most = "up to " + fileSize(rule.Max)
	}
	return joined(caption, most, sizes(rule.Types))
}

func limitWords(before string, l provider.Limit) string {
	if l.Max == 0 {
		return ""
	}
	return fmt.Sprintf("%s %d %s", before, l.Max, l.Unit)
}

// sizes names types by the size they may have, the largest first.
func sizes(types map[string]int64) string {
	by := map[int64][]string{}
	for t, size := range types {
		by[size] = append(by[size], typeName(t))
	}
	var said []string
	for _, size := range slices.Backward(slices.Sorted(maps.Keys(by))) {
		slices.Sort(by[size])
		words := strings.Join(slices.Compact(by[size]), ", ")
		if size > 0 {
			words += " up to " + fileSize(size)
		}
		said = append(said, words)
	}
	return strings.Join(said, "; ")
}

// typeName is what people call a kind of file; its MIME type where they call it
// nothing else.
func typeName(mime string) string {
	name, ok := map[string]string{
		"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WebP", "image/bmp": "BMP", "image/tiff": "TIFF",
		"video/mp4": "MP4", "video/3gpp": "3GP", "video/quicktime": "MOV", "video/webm": "WebM", "video/mpeg": "MPEG",
		"audio/aac": "AAC", "audio/amr": "AMR", "audio/mpeg": "MP3", "audio/mp4": "M4A", "audio/ogg": "Ogg", "audio/wav": "WAV", "audio/3gpp": "3GP",
		"text/plain": "text", "text/csv": "CSV", "text/vcard": "vCard", "text/calendar": "iCal", "text/x-vcard": "vCard",
		"application/pdf": "PDF", "application/zip": "ZIP", "application/msword": "DOC", "application/vnd.ms-excel": "XLS", "application/vnd.ms-powerpoint": "PPT",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document":   "DOCX",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":         "XLSX",
		"application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
	}[mime]
	if !ok {
		return mime
	}
	return name
}

func fileSize(n int64) string {
	switch {
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d kB", n>>10)
	}
	return fmt.Sprintf("%d bytes", n)
}

func whenRows(c *provider.Capabilities) []AbilityRow {
	rows := []AbilityRow{{"Window", true, windowRule(c.Window)}}
	if c.Link.System != "" {
		words := "may be tied to a " + c.Link.System
		if c.Link.Needed {
			words = "every message has to be tied to a " + c.Link.System
		}
		rows = append(rows, AbilityRow{"Link", true, words})
	}
	if words := rateWords(c.Rate); words != "" {
		rows = append(rows, AbilityRow{"Pace", true, words})
	}
	return rows
}

func windowRule(w provider.WindowRule) string {
	switch {
	case w.Blind:
		return "not known: this API shows no messages of customers; the network decides"
	case w.For == 0:
		return "none: free text may go at any time"
	}
	words := "free text for " + lengthWords(w.For) + " after the customer's last message, then "
	switch w.Outside {
	case provider.TemplatesOnly:
		return words + "templates alone"
	case provider.TaggedOnly:
		words += "a person's own answers for " + lengthWords(w.TaggedFor)
		if w.Templates {
			words += "; templates at any time"
		}
		return words
	}
	return words + "nothing"
}

func lengthWords(d time.Duration) string {
	if d > 48*time.Hour && d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%d days", d/(24*time.Hour))
	}
	return wholeHours(d)
}

func rateWords(r provider.RateLimit) string {
	var said []string
	switch {
	case r.PerSecond >= 1:
		said = append(said, fmt.Sprintf("%.4g a second", r.PerSecond))
	case r.PerSecond > 0:
		said = append(said, fmt.Sprintf("%.4g a minute", r.PerSecond*60))
	}
	if r.PairEvery > 0 {
		words := "one in " + fmt.Sprintf("%.4g s", r.PairEvery.Seconds()) + " to one customer"
		if r.PairBurst > 1 {
			words += fmt.Sprintf(", %d at once", r.PairBurst)
		}
		said = append(said, words)
	}
	return strings.Join(said, "; ")
}

func backRows(c *provider.Capabilities) []AbilityRow {
	receipts := map[provider.ReceiptModel]string{
		provider.ReceiptsPerMessage: "for each message", provider.ReceiptsWatermark: "for all messages up to a time",
		provider.ReceiptsNone: "none: accepted is all that is known",
	}[c.Receipts]
	rows := []AbilityRow{{"Receipts", c.Receipts != provider.ReceiptsNone && receipts != "", receipts}}
	if c.NoID && !c.Repeatable {
		rows = append(rows, AbilityRow{"Id of a send", false, "none: accepted is all the answer says"})
	}
	return rows
}

// abilities are what else can be done, in the order in which it is listed.
var abilities = [...]struct {
	ability provider.Ability
	what    string
}{
	{provider.CanOpenMedia, "Fetch files"},
	{provider.CanUploadMedia, "Upload files"},
	{provider.CanSubmitTemplate, "Submit templates"},
	{provider.CanSampleTemplate, "Upload samples"},
	{provider.CanEditTemplate, "Change templates"},
	{provider.CanDeleteTemplate, "Delete templates"},
	{provider.CanEdit, "Edit a sent message"},
	{provider.CanDelete, "Take a sent message back"},
	{provider.CanBlock, "Block a customer"},
	{provider.CanSchedule, "Send later by itself"},
	{provider.CanPollStatus, "Ask for a receipt"},
	{provider.CanFindSent, "Find an unsure send"},
	{provider.CanReadHistory, "Read earlier messages"},
	{provider.CanSearchHistory, "Search earlier messages"},
	{provider.CanReadFigures, "Figures of a conversation"},
	{provider.CanReadWindow, "Ask for the window"},
	{provider.CanPoll, "Ask for news without webhooks"},
	{provider.CanResolve, "Resolve over there, too"},
	{provider.CanReadHealth, "Read the account's health"},
	{provider.CanSetHook, "Set the webhook's address"},
	{provider.CanSendMany, "Many at once in one call"},
	{provider.CanSendBatch, "A batch of texts"},
}

func elseRows(c *provider.Capabilities) []AbilityRow {
	rows := []AbilityRow{
		{"Show that it was read", c.ReadMark > provider.Absent, levelWords(c.ReadMark)},
		{"Show that somebody writes", c.Typing > provider.Absent, levelWords(c.Typing)},
		{"List templates", c.TemplateList > provider.Absent, levelWords(c.TemplateList)},
	}
	for _, a := range abilities {
		level := c.Can[a.ability]
		row := AbilityRow{a.what, level > provider.Absent, levelWords(level)}
		if a.ability == provider.CanUploadMedia && !row.Can && len(c.Attached) > 0 {
			row.Can, row.Says = true, "with their message"
		}
		rows = append(rows, row)
	}
	return rows
}
