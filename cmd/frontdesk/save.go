package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"frontdesk/internal/media"
	"frontdesk/provider"
	"frontdesk/store"
	"frontdesk/tui/safetext"
)

// saveMessage is the verb `messages save`: the file of a message, fetched from
// its network where it is not kept already. It is never opened.
func (e environment) saveMessage(ctx context.Context, dir, conversation, message, to string) error {
	r, err := e.openReader(ctx, dir)
	if err != nil {
		return err
	}
	defer r.Close()
	vault, err := media.Open(filepath.Join(r.cfg.dir, "media"))
	if err != nil {
		return &fault{what: "the folder of files cannot be used", todo: "check who may write there", err: err}
	}
	defer vault.Close()
	done, err := vault.Fetching()
	if err != nil {
		return &fault{what: "the folder of files cannot be used", todo: "check who may write there", err: err}
	}
	defer done()
	c, err := r.find(ctx, conversation)
	if err != nil {
		return err
	}
	m, err := r.withFile(ctx, c, provider.MessageID(message))
	if err != nil {
		return err
	}
	kept, err := vault.Find(m.SHA256)
	if err != nil {
		if kept, err = r.fetch(ctx, vault, c.Account, m); err != nil {
			return err
		}
	}
	err = writeNew(to, func(w io.Writer) error {
		in, err := vault.Open(kept)
		if err != nil {
			return err
		}
		defer in.Close()
		_, err = io.Copy(w, in)
		return err
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(e.out, safetext.Line(saved(to, kept, m)))
	return err
}

// saved says what was written, and what does not go together.
func saved(to string, kept media.File, m *provider.Media) string {
	s := fmt.Sprintf("saved %s · %s · %d bytes", to, kept.Type.MIME, kept.Size)
	if !kept.Type.Agrees(m.MIME) {
		s += fmt.Sprintf(" · careful: the sender said it is %s", m.MIME)
	}
	if !kept.Type.EndingAgrees(m.Name) {
		s += fmt.Sprintf(" · careful: the sender called it %s", m.Name)
	}
	return s
}

// withFile finds a message of a conversation that holds a file.
func (r *reader) withFile(ctx context.Context, c store.Conversation, id provider.MessageID) (*provider.Media, error) {
	var before store.MessageCursor
	for {
		got, err := r.store.Messages(ctx, c.ID, before, page)
		if err != nil {
			return nil, fmt.Errorf("find a message: %w", err)
		}
		for i := range got {
			if got[i].ID != id {
				continue
			}
			if m := got[i].Content.Media; m != nil && m.ID != "" {
				return m, nil
			}
			return nil, &fault{what: "this message holds no file", todo: "messages list --json shows which do"}
		}
		if len(got) < page {
			return nil, &fault{what: "there is no such message in the conversation", todo: "messages list --json shows their ids"}
		}
		before = got[0].Cursor()
	}
}

// fetch gets a file from its network and keeps it. One that is not what was
// announced is fetched once more.
func (r *reader) fetch(ctx context.Context, vault *media.Vault, account provider.AccountID, m *provider.Media) (media.File, error) {
	opener, err := r.opener(account)
	if err != nil {
		return media.File{}, err
	}
	for try := 1; ; try++ {
		kept, err := keep(ctx, vault, opener, m)
		if err == nil {
			return kept, nil
		}
		var e *provider.Error
		switch {
		case errors.Is(err, media.ErrCorrupt) && try == 1:
		case errors.As(err, &e) && e.Text != "":
			return kept, errors.New(e.Text)
		default:
			return kept, &fault{what: "the file was not kept", todo: "nothing of it is left; try again", err: err}
		}
	}
}

func keep(ctx context.Context, vault *media.Vault, opener provider.MediaOpener, m *provider.Media) (media.File, error) {
	f, err := opener.OpenMedia(ctx, m.ID)
	if err != nil {
		return media.File{}, err
	}
	defer f.Body.Close()
	want := m.SHA256
	if want == "" {
		want = f.SHA256
	}
	return vault.Keep(f.Body, want, media.MaxSize)
}

// opener is who fetches an account's files: its driver, or the relay.
func (r *reader) opener(id provider.AccountID) (provider.MediaOpener, error) {
	for _, a := range r.cfg.Accounts {
		if a.ID != id {
			continue
		}
		relay, token, err := r.cfg.gateway(a.Direct)
		if err != nil {
			return nil, err
		}
		p, err := a.sender(relay, token, &http.Client{})
		if err != nil {
			return nil, &fault{what: fmt.Sprintf("account %s cannot be used", id), todo: "mend its [[account]] in config.toml", err: err}
		}
		if o, ok := p.(provider.MediaOpener); ok {
			return o, nil
		}
	}
	return nil, &fault{what: "no account here can fetch files for this conversation", todo: "add the account to config.toml"}
}

// gateway is the relay that has an account's files, and what opens it. An embedded
// one serves while its inbox is open, and nobody needs one for a direct account.
func (c *config) gateway(direct bool) (string, provider.Secret, error) {
	if direct || c.Relay != embedded {
		return c.Relay, c.Token, nil
	}
	host, port, err := net.SplitHostPort(c.listen())
	if err != nil {
		return "", provider.Secret{}, &fault{what: "the relay's own address cannot be understood", todo: "mend listen in config.toml", err: err}
	}
	if ip := net.ParseIP(host); host == "" || ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	relay := "http://" + net.JoinHostPort(host, port)
	if !c.Token.Empty() {
		return relay, c.Token, nil
	}
	kept, err := os.ReadFile(filepath.Join(c.dir, embeddedToken))
	if err != nil {
		return "", provider.Secret{}, &fault{what: "the relay runs inside the inbox", todo: "open the inbox, then save the file again", err: err}
	}
	return relay, provider.Hide(strings.TrimSpace(string(kept))), nil
}
