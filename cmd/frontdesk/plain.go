package main

import (
	"io"
	"strings"
	"sync"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/store"
	"frontdesk/tui/conversations"
	"frontdesk/tui/line"
	"frontdesk/tui/safetext"
	words "frontdesk/tui/strings"
	"frontdesk/tui/thread"
)

// plainLook is what the screen's words depend on, for output that is no screen.
func (r *reader) plainLook() *line.Look {
	return &line.Look{
		Words: words.English(), Now: r.store.Now().In(time.Local), Me: r.cfg.Agent,
		Caps: r.capabilities,
	}
}

// capabilities are those of a chat; nil where the configuration has no such account.
func (r *reader) capabilities(id provider.AccountID, chat provider.ChatID) *provider.Capabilities {
	for _, a := range r.cfg.Accounts {
		if a.ID == id {
			return r.tables.of(a.Driver, a.Network, chat)
		}
	}
	return nil
}

// tables are capabilities, each made once: a verb asks for them at every row, and a
// screen at every frame.
type tables struct {
	mu   sync.Mutex
	made map[tableOf]provider.Tables
}

type tableOf struct {
	driver  string
	network provider.Network
}

func (t *tables) of(driver string, network provider.Network, chat provider.ChatID) *provider.Capabilities {
	key := tableOf{driver, network}
	t.mu.Lock()
	defer t.mu.Unlock()
	made, ok := t.made[key]
	if !ok {
		if t.made == nil {
			t.made = map[tableOf]provider.Tables{}
		}
		made = all.Tables(driver, network)
		t.made[key] = made
	}
	return made.Of(chat)
}

// columns writes rows of cells in columns. Cells are measured as a terminal does
// that has said nothing of itself; the last one of a row is as long as it is.
type columns struct {
	rows [][]safetext.Text
}

func (t *columns) add(cells ...safetext.Text) { t.rows = append(t.rows, cells) }

func (t *columns) write(w io.Writer) error {
	var m safetext.Measurer
	var widths []int
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], m.Width(cell))
		}
	}
	var out strings.Builder
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(row)-1 {
				out.WriteString(m.Show(cell))
				break
			}
			out.WriteString(m.Pad(cell, widths[i]))
			out.WriteString("  ")
		}
		out.WriteByte('\n')
	}
	_, err := io.WriteString(w, out.String())
	return err
}

func plainTime(at time.Time) safetext.Text {
	if at.IsZero() {
		return safetext.Text{}
	}
	return safetext.Line(at.Local().Format(time.DateTime))
}

// conversationCells is a row of the list in the words of the screen.
func conversationCells(look *line.Look, c *store.Conversation) []safetext.Text {
	p := conversations.Words(look, c)
	return []safetext.Text{
		safetext.Line(string(c.ID)), plainTime(c.LastAt), safetext.Line(string(c.Status)), p.Window, p.Waits, p.Target, p.Owner, p.Name,
		p.Link, p.Trouble, p.Preview,
	}
}

// messageCells is a row of a thread in the words of the screen.
func messageCells(look *line.Look, c *store.Conversation, m *store.Message) []safetext.Text {
	state, text := thread.Words(look, c, m)
	kind := safetext.Line(string(m.Direction))
	if m.Kind != store.KindMessage {
		kind = safetext.Line(string(m.Kind))
	}
	return []safetext.Text{plainTime(m.At), kind, safetext.Name(string(m.By)), state, text}
}
