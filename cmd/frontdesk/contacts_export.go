package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"frontdesk/provider/all"
	"frontdesk/store"
	"frontdesk/tui/thread"
	"frontdesk/webhookrelay/event"
)

// mediaJSON is a file of somebody's, as `messages save` can give it out.
type mediaJSON struct {
	Conversation string    `json:"conversation"`
	Message      string    `json:"message"`
	At           time.Time `json:"at"`
	Name         string    `json:"name,omitempty"`
	MIME         string    `json:"mime,omitempty"`
	Size         int64     `json:"size,omitempty"`
	SHA256       string    `json:"sha256,omitempty"`
	Ours         bool      `json:"ours,omitempty"`
}

// exportContact writes everything there is of one person into a new folder: for
// programs, and for the person. Files are listed, with what `messages save`
// needs to give them out.
func (r *reader) exportContact(ctx context.Context, id event.ConversationID, folder string) error {
	contact, err := r.store.Contact(ctx, id)
	if err != nil {
		return fmt.Errorf("read the contact: %w", err)
	}
	row := contactRow(contact)
	var text strings.Builder
	r.markdownHead(&text, &contact, &row)
	for i := range contact.Identities {
		if err := r.exportThread(ctx, &row, &text, contact.Identities[i]); err != nil {
			return err
		}
	}
	markdownMedia(&text, row.Media)
	if err := os.Mkdir(folder, 0o700); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return exists(folder)
		}
		return &fault{what: "the folder " + folder + " cannot be made", todo: "name another with --to FOLDER", err: err}
	}
	if err := writeNew(filepath.Join(folder, "contact.json"), func(w io.Writer) error { return printJSON(w, row) }); err != nil {
		return err
	}
	return writeNew(filepath.Join(folder, "contact.md"), func(w io.Writer) error {
		_, err := w.Write(escapeControls([]byte(text.String())))
		return err
	})
}

func (r *reader) exportThread(ctx context.Context, row *contactJSON, text *strings.Builder, c store.Conversation) error {
	var messages []messageJSON
	look := r.plainLook()
	fmt.Fprintf(text, "\n## %s · %s · %s\n\n", escapeMarkdown(look.Words.Word.Network(c.Network)), escapeMarkdown(string(c.Account)), c.ID)
	err := r.eachPage(ctx, c.ID, func(ms []store.Message) error {
		for i := range ms {
			m := &ms[i]
			messages = append(messages, messageRow(*m))
			who := string(m.By)
			if m.Direction == store.Incoming {
				who = look.Name(&c).String()
			}
			state, said := thread.Words(look, &c, m)
			fmt.Fprintf(text, "- **%s** %s %s: %s\n", m.At.UTC().Format(time.DateTime), escapeMarkdown(who), escapeMarkdown(state.String()), escapeMarkdown(said.String()))
			if f := m.Content.Media; f != nil && m.Kind == store.KindMessage {
				row.Media = append(row.Media, mediaJSON{
					Conversation: string(c.ID), Message: string(m.ID), At: m.At.UTC(), Name: f.Name, MIME: f.MIME, Size: f.Size, SHA256: f.SHA256,
					Ours: m.Direction == store.Outgoing,
				})
			}
		}
		return nil
	})
	row.Conversations = append(row.Conversations, struct {
		conversationJSON
		Messages []messageJSON `json:"messages"`
	}{conversationRow(c, all.Tables(c.Driver, c.Network).Of(c.Chat), r.store.Now()), messages})
	return err
}

func (r *reader) markdownHead(w *strings.Builder, c *store.Contact, row *contactJSON) {
	fmt.Fprintf(w, "# %s\n\nEverything frontdesk holds of this person, as of %s.\n\n", escapeMarkdown(row.Name), r.store.Now().UTC().Format(time.RFC3339))
	var known strings.Builder
	_ = r.printContact(&known, *c) // a strings.Builder takes everything
	for line := range strings.Lines(known.String()) {
		fmt.Fprintf(w, "- %s\n", escapeMarkdown(strings.Join(strings.Fields(line), " ")))
	}
}

func markdownMedia(w *strings.Builder, files []mediaJSON) {
	if len(files) == 0 {
		return
	}
	fmt.Fprint(w, "\n## Files\n\n`frontdesk messages save CONVERSATION MESSAGE --to FILE` gives one out.\n\n")
	for _, f := range files {
		fmt.Fprintf(w, "- %s · %s · %s · %d bytes · `%s` `%s`\n", f.At.Format(time.DateTime), escapeMarkdown(f.Name), escapeMarkdown(f.MIME), f.Size,
			strings.ReplaceAll(f.Conversation, "`", ""), strings.ReplaceAll(f.Message, "`", ""))
	}
}

// escapeMarkdown keeps a text a text: what a customer wrote is neither a link, nor
// a picture, nor a heading.
func escapeMarkdown(s string) string {
	return strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "#", `\#`, "!", `\!`, "|", `\|`,
		"\n", " ", "\r", " ").Replace(s)
}

// exportToFolder is the export that the screen asks for: into a new folder where
// frontdesk was started. The store's own folder would not do: nothing of who is
// erased may stay there.
func (d *desk) exportToFolder(ctx context.Context, id event.ConversationID) (string, error) {
	base, err := os.Getwd()
	if err != nil {
		return "", &fault{what: "the folder frontdesk was started in is gone", todo: "export with frontdesk contacts export ID --to FOLDER", err: err}
	}
	folder := filepath.Join(base, "contact-"+d.clock().UTC().Format("20060102-150405.000"))
	return folder, (&reader{store: d.store, cfg: d.cfg}).exportContact(ctx, id, folder)
}
