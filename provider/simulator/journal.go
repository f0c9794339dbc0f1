package simulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"frontdesk/provider"
)

// line is one thing the pretend Meta knows, as one line of the journal.
type line struct {
	Kind     lineKind      `json:"k"`
	At       time.Time     `json:"at"`
	Accept   *Accepted     `json:"accept,omitempty"`
	Said     *said         `json:"said,omitempty"`
	Posted   []string      `json:"posted,omitempty"`
	Template *templateLine `json:"template,omitempty"`
	File     *fileLine     `json:"file,omitempty"`
}

type lineKind string

const (
	lineAccept   lineKind = "accept"
	lineSaid     lineKind = "said"
	linePosted   lineKind = "posted"
	lineTemplate lineKind = "template"
	lineFile     lineKind = "file"
)

type templateLine struct {
	Name   string                  `json:"name"`
	Status provider.TemplateStatus `json:"status"`
}

type fileLine struct {
	ID   provider.MediaID `json:"id"`
	MIME string           `json:"mime"`
}

// journal is append-only. Each line is one write, so that a killed process
// leaves at most one torn line, at the end.
type journal struct {
	file  *os.File
	files string // the folder of uploaded files
}

func (j *journal) close() error {
	if j == nil {
		return nil
	}
	return j.file.Close()
}

// record appends. What cannot be written is said in the log: a pretend network
// that has no disk goes on until it is restarted. Callers hold mu.
func (s *Sim) record(l line) {
	if s.journal == nil {
		return
	}
	l.At = l.At.UTC()
	b, err := json.Marshal(l)
	if err == nil {
		_, err = s.journal.file.Write(append(b, '\n'))
	}
	if err != nil {
		s.log.Error("write simulator journal", "error", err)
	}
}

func (s *Sim) markPosted(now time.Time, ids []string) {
	for _, id := range ids {
		s.posted[id] = true
	}
	s.record(line{Kind: linePosted, At: now, Posted: ids})
}

// openJournal reads what is there, cuts a torn last line off and goes on
// behind it.
func (s *Sim) openJournal(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	j := &journal{file: file, files: path + ".files"}
	if err := s.replay(j); err != nil {
		return errors.Join(err, file.Close())
	}
	s.journal = j
	return nil
}

func (s *Sim) replay(j *journal) error {
	data, err := io.ReadAll(j.file)
	if err != nil {
		return err
	}
	whole := bytes.LastIndexByte(data, '\n') + 1
	if whole < len(data) {
		if err := j.file.Truncate(int64(whole)); err != nil {
			return err
		}
	}
	for i, raw := range bytes.Split(data[:whole], []byte("\n")) {
		if len(raw) == 0 {
			continue
		}
		var l line
		if err := json.Unmarshal(raw, &l); err != nil {
			return fmt.Errorf("line %d: %w", i+1, err)
		}
		if err := s.remember(j, l); err != nil {
			return fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	s.resume()
	return nil
}

func (s *Sim) remember(j *journal, l line) error {
	switch l.Kind {
	case lineAccept:
		s.serial++
		s.keepAccepted(*l.Accept)
		s.unresumed = append(s.unresumed, l)
	case lineSaid:
		s.serial++
		s.keepSaid(l.Said)
		s.unresumed = append(s.unresumed, l)
	case linePosted:
		for _, id := range l.Posted {
			s.posted[id] = true
		}
	case lineTemplate:
		s.keepTemplate(l.Template)
		s.unresumed = append(s.unresumed, l)
	case lineFile:
		s.serial++
		return s.reload(j, l.File)
	}
	return nil
}

// resume plans again what an earlier process had not done: undelivered
// webhooks and answers not given. People it needs may be added later; their
// lines wait. Callers hold mu, or are New.
func (s *Sim) resume() {
	waiting := s.unresumed
	s.unresumed = nil
	for _, l := range waiting {
		switch l.Kind {
		case lineAccept:
			s.resumeAccepted(l)
		case lineSaid:
			s.resumeSaid(l)
		case lineTemplate:
			for _, waba := range s.wabas() {
				for _, t := range s.templates[waba] {
					if t.Name == l.Template.Name {
						then := *t
						then.Status = l.Template.Status
						s.planTemplate(waba, then, l.At)
					}
				}
			}
		}
	}
}

func (s *Sim) resumeAccepted(l line) {
	who, ok := s.find(string(l.Accept.To))
	if !ok && l.Accept.Failed == 0 {
		s.unresumed = append(s.unresumed, l)
		return
	}
	if ok {
		who.lastHeard, who.unanswered = l.Accept.WAMID, 0
	}
	s.follow(l.Accept)
}

func (s *Sim) resumeSaid(l line) {
	who, ok := s.find(string(l.Said.Chat))
	if !ok {
		s.unresumed = append(s.unresumed, l)
		return
	}
	who.heardSaying(l.Said)
	if !s.posted[saidID(l.Said.ID)] {
		s.planSaid(l.Said)
	}
}

// reload reads an uploaded file back; one that is gone is gone for the network
// as well.
func (s *Sim) reload(j *journal, l *fileLine) error {
	data, err := os.ReadFile(filepath.Join(j.files, string(l.ID)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	s.media[l.ID] = &file{mime: l.MIME, data: data}
	return nil
}
