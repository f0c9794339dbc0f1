package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/charmbracelet/x/term"

	"frontdesk/internal/durable"
	"frontdesk/provider"
	"frontdesk/webhookrelay"
)

// initVerb makes a folder's configuration by asking for it: each answer is tried on
// the real relay or network before anything is written.
func (e environment) initVerb(ctx context.Context, args []string) error {
	f := e.flags("init")
	dir := f.String("dir", "", "the folder to set up")
	set := values{}
	listen := f.String("listen", defaultListen, "where this program's own relay takes webhooks")
	f.Var(set, "set", "one more key of the driver's, as KEY=VALUE; may be given several times")
	if _, err := f.parse(args, 0); err != nil {
		return err
	}
	folder, err := e.folder(*dir)
	if err != nil {
		return err
	}
	path := filepath.Join(folder, "config.toml")
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return &fault{what: "there is a configuration already at " + path, todo: "change it there, or name another folder with --dir DIR"}
	}
	s := &setup{e: e, dialogue: e.dialogue(), dir: folder, set: set, listen: *listen}
	s.say("This sets frontdesk up in %s. Nothing is written before the last question.", folder)
	if err := s.who(); err != nil {
		return err
	}
	from, err := s.choose("Where do messages come from?", []string{
		"my team's relay, which runs already (you have its address and a token)",
		"straight from a provider: I work alone, this program is its own relay",
	})
	if err != nil {
		return err
	}
	if from == 0 {
		return s.joinTeam(ctx)
	}
	return s.ownRelay(ctx)
}

// setup is a configuration on its way.
type setup struct {
	*dialogue
	e     environment
	dir   string
	set   values
	agent string
	// listen is where this program's own relay takes webhooks.
	listen string
	// lines are those of config.toml, secrets what goes beside it, by its file's name.
	lines   []string
	secrets map[string]provider.Secret
}

func (e environment) dialogue() *dialogue {
	d := &dialogue{in: bufio.NewReader(e.in), out: e.out}
	if file, ok := e.in.(*os.File); ok && term.IsTerminal(file.Fd()) {
		d.hidden = func() (string, error) {
			b, err := term.ReadPassword(file.Fd())
			if err != nil {
				return "", errNoAnswer
			}
			return string(b), nil
		}
	}
	return d
}

func (s *setup) who() (err error) {
	s.agent, err = s.ask("Your name in the team, as its token has it", strings.ToLower(s.e.getenv("USER")), func(text string) error {
		if text == "" || strings.ContainsAny(text, " /@") {
			return errors.New("a short name without spaces, as in ana")
		}
		return nil
	})
	return err
}

// put adds a line of the configuration. Answers hold no control characters, so that
// Go's quotes are TOML's.
func (s *setup) put(key, value string) { s.lines = append(s.lines, fmt.Sprintf("%s = %q", key, value)) }

// hide puts a secret into a file of its own and names that.
func (s *setup) hide(key, file string, value provider.Secret) {
	if s.secrets == nil {
		s.secrets = map[string]provider.Secret{}
	}
	s.secrets[file] = value
	s.put(key, "file:"+file)
}

// write makes the folder and its files, the configuration last: without it the rest
// is nothing. What is there of the same name is not replaced.
func (s *setup) write() error {
	if err := durable.MakeFolder(s.dir); err != nil {
		return &fault{what: "the folder " + s.dir + " cannot be made", todo: "name another with --dir DIR", err: err}
	}
	for name, value := range s.secrets {
		if err := writeText(filepath.Join(s.dir, name), value.Reveal()+"\n"); err != nil {
			return err
		}
	}
	path := filepath.Join(s.dir, "config.toml")
	if err := writeText(path, strings.Join(s.lines, "\n")+"\n"); err != nil {
		return err
	}
	if _, err := loadConfig(s.dir, s.e.getenv); err != nil {
		return err
	}
	s.say("\nWritten: %s, and beside it %d files with secrets that only you can read.", path, len(s.secrets))
	return nil
}

// writeText writes a new file whole, or not at all.
func writeText(path, text string) error {
	return writeNew(path, func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
}

// isPublic judges where networks are to post.
func isPublic(text string) error {
	if text == "" {
		return errors.New("an address that begins with https:// is needed")
	}
	return webhookrelay.CheckPublicURL(text)
}

// isAddress judges an https address, or a plain one of this machine's.
func isAddress(text string) error {
	u, err := url.Parse(text)
	local := err == nil && (u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" || u.Hostname() == "::1")
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return errors.New("an address that begins with https:// is needed")
	}
	return nil
}
