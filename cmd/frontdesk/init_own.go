package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/all"
	"frontdesk/tui/safetext"
)

// ownAccount and ownHook are the first account and its webhook.
const ownAccount, ownHook = "inbox", "inbox"

// ownRelay sets one account up, straight from its provider.
func (s *setup) ownRelay(ctx context.Context) error {
	list := ways()
	titles := make([]string, len(list))
	for i := range list {
		titles[i] = list[i].title
	}
	n, err := s.choose("Which one?", titles)
	if err != nil {
		return err
	}
	w := &list[n]
	name, err := s.ask("What shall this inbox be called", "Front desk", needed)
	if err != nil {
		return err
	}
	account, err := s.connect(ctx, w)
	if err != nil {
		return err
	}
	public, hook, err := s.hooked(ctx, w, account)
	if err != nil {
		return err
	}
	s.put("relay", embedded)
	s.put("agent", s.agent)
	if s.listen != defaultListen {
		s.put("listen", s.listen)
	}
	if public != "" {
		s.put("public_url", public)
	}
	if len(hook) > 0 {
		s.lines = append(s.lines, "", "[[hook]]")
		s.put("id", ownHook)
		s.put("driver", w.driver)
		s.keys("hook", w.hook, hook)
	}
	s.lines = append(s.lines, "", "[[account]]")
	s.put("id", ownAccount)
	s.put("name", name)
	s.put("network", string(w.network))
	s.put("driver", w.driver)
	if len(hook) > 0 {
		s.put("hook", ownHook)
	}
	s.keys("account", w.account, account)
	if err := s.write(); err != nil {
		return err
	}
	s.toPaste(w, public, hook)
	return nil
}

// keys puts a driver's keys, secrets as files.
func (s *setup) keys(of string, asks []asked, answers map[string]string) {
	secret := map[string]bool{}
	for _, a := range asks {
		secret[a.key] = a.secret
	}
	for _, key := range slices.Sorted(maps.Keys(answers)) {
		if secret[key] {
			s.hide(key, of+"."+key, provider.Hide(answers[key]))
			continue
		}
		s.put(key, answers[key])
	}
}

// connect asks for the account's keys until the network takes them.
func (s *setup) connect(ctx context.Context, w *way) (map[string]string, error) {
	for {
		answers := maps.Clone(map[string]string(s.set))
		for _, a := range w.account {
			if err := s.answer(a, answers, nil); err != nil {
				return nil, err
			}
		}
		account := provider.Account{ID: ownAccount, Network: w.network, Driver: w.driver}
		p, err := all.NewProvider(account, answers, &http.Client{Timeout: initPatience})
		if err == nil {
			err = s.try(ctx, p)
		}
		if err == nil {
			return answers, nil
		}
		s.say("  That does not work: %s", safetext.Line(inWords(err)))
		again, yes := s.yes("  Type it again?", true)
		if yes != nil || !again {
			return nil, errors.Join(yes, errGivenUp)
		}
	}
}

// answer asks for one key, or fills it in.
func (s *setup) answer(a asked, into, other map[string]string) error {
	switch {
	case into[a.key] != "": // given with --set
		return nil
	case a.fixed != "":
		into[a.key] = a.fixed
		return nil
	case a.of != "":
		into[a.key] = other[a.of]
		return nil
	case a.made:
		into[a.key] = rand.Text()
		return nil
	}
	good := needed
	if a.optional {
		good = nil
	}
	s.say("\n%s: %s", a.prompt, a.where)
	read := func() (string, error) { return s.ask("  "+a.key, "", good) }
	if a.secret {
		read = func() (string, error) { return s.secret("  "+a.key, good) }
	}
	text, err := read()
	if text != "" {
		into[a.key] = text
	}
	return err
}

// try asks the network how the account stands and for its templates, and says what
// came of it. A network that can be asked neither is told as not tried.
func (s *setup) try(ctx context.Context, p provider.Provider) error {
	ctx, cancel := context.WithTimeout(ctx, initPatience)
	defer cancel()
	tried := false
	if reader, ok := p.(provider.HealthReader); ok {
		health, err := reader.ReadHealth(ctx)
		if err != nil && !unsupported(err) {
			return err
		}
		if what, word, ails := health.Ails(); ails {
			s.say("  The network says of the account: %s %s. %s", what, safetext.Line(word), safetext.Line(health.Text))
			if what == "access" {
				return &fault{what: "the credentials do not work"}
			}
		}
		tried = err == nil
	}
	if lister, ok := p.(provider.TemplateLister); ok {
		list, err := lister.Templates(ctx)
		if err != nil && !unsupported(err) {
			return err
		}
		if err == nil {
			s.say("  %s", templatesRead(list))
			tried = true
		}
	}
	if tried {
		s.say("  The network takes these credentials.")
	} else {
		s.say("  This network cannot be asked whether they are right: the first message will tell.")
	}
	return nil
}

// inWords is what a network said, or what is wrong with an answer.
func inWords(err error) string {
	var e *provider.Error
	if errors.As(err, &e) && e.Text != "" {
		return e.Text
	}
	return plainly(err).Error()
}

func unsupported(err error) bool {
	return provider.AsError("", err).Reason == provider.NotSupported
}

func templatesRead(list []provider.Template) string {
	approved := 0
	for i := range list {
		if list[i].Status == provider.Approved {
			approved++
		}
	}
	return fmt.Sprintf("It has %d templates, %d of them approved.", len(list), approved)
}

// hooked asks where the network reaches this machine, and for what its webhook is
// signed with.
func (s *setup) hooked(ctx context.Context, w *way, account map[string]string) (public string, hook map[string]string, err error) {
	if len(w.hook) == 0 {
		return "", nil, nil
	}
	s.say("\nThe network tells of messages at an address that it can reach: a tunnel, or a proxy with a certificate, to http://%s.", s.listen)
	public, err = s.ask("Its address, https://…", "", isPublic)
	if err != nil {
		return "", nil, err
	}
	public = strings.TrimRight(public, "/")
	s.reached(ctx, public, s.listen)
	hook = map[string]string{}
	others := maps.Clone(account)
	others[publicKey] = hookAddress(public)
	for _, a := range w.hook {
		if err := s.answer(a, hook, others); err != nil {
			return "", nil, err
		}
	}
	if _, err := all.NewWebhook(w.driver, hook); err != nil {
		return "", nil, &fault{what: "the webhook cannot be used", todo: "start frontdesk init again", err: err}
	}
	return public, hook, nil
}

func hookAddress(public string) string { return public + "/hooks/" + ownHook }

// toPaste shows what to enter at the provider, letter by letter.
func (s *setup) toPaste(w *way, public string, hook map[string]string) {
	if len(w.paste) > 0 {
		replace := []string{"{url}", hookAddress(public)}
		for key, value := range hook {
			replace = append(replace, "{"+key+"}", value)
		}
		s.say("\nNow tell the provider where to post:\n")
		for _, l := range w.paste {
			s.say("  %s", strings.NewReplacer(replace...).Replace(l))
		}
		s.qr(hookAddress(public))
	}
	s.say("\nStart with the line below; frontdesk doctor looks everything over.\n\n  frontdesk --dir %s", s.dir)
}
