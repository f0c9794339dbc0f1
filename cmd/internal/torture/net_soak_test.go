package torture

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/cmd/internal/faults"
	"frontdesk/provider"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

var (
	soakFor       = flag.Duration("soak", 3*time.Second, "how long TestSoak goes on")
	soakRate      = flag.Int("soak-rate", 300, "events a second in TestSoak")
	soakTerminals = flag.Int("soak-terminals", 4, "terminals in TestSoak")
)

// TestSoak lets a team's day run over broken links. At the end relay and
// terminals agree on every number and every fact, and nothing has grown that
// may not.
func TestSoak(t *testing.T) {
	began := time.Now()
	random := faults.Rand(faults.Seed(t, *seedFlag), 0)
	r := newRelayProcess(t, builds.Program(t, "webhookrelay"))
	r.start()
	token := r.token("ana")
	s := &soak{t: t, relay: r, key: r.read(token).hello.Key}
	for range *soakTerminals {
		p := faults.NewProxy(t, strings.TrimPrefix(r.url, "http://"), nil)
		s.proxies = append(s.proxies, p)
		s.terminals = append(s.terminals, newTerminal(t, p.URL(), token))
	}
	s.calm()
	before := s.measure()
	s.run(random, token)
	s.calm()
	after := s.measure()
	failures := s.judge(token)
	for _, grown := range after.more(before) {
		failures++
		t.Error(grown)
	}
	took := time.Since(began)
	t.Logf("relay: %d KiB, then %d KiB; %d open files, then %d; here %d goroutines, then %d",
		before.memory, after.memory, before.files, after.files, before.goroutines, after.goroutines)
	t.Logf("figure F10 count=%d failures=%d target=14400000 took=%s", s.made.Load(), failures, took.Round(time.Millisecond))
}

type soak struct {
	t         *testing.T
	relay     *relayProcess
	key       event.Key
	proxies   []*faults.Proxy
	terminals []*terminal
	made      atomic.Int64
}

// run posts and breaks until the time is over.
func (s *soak) run(random *rand.Rand, token string) {
	stop := make(chan struct{})
	var working sync.WaitGroup
	for n := range posters {
		mine := rand.New(rand.NewPCG(random.Uint64(), 1))
		working.Go(func() { s.post(n, mine, token, stop) })
	}
	for i, p := range s.proxies {
		mine := rand.New(rand.NewPCG(random.Uint64(), uint64(i)))
		p.Plan(func(int) faults.Link { return fate(mine) })
	}
	over := time.After(*soakFor)
	chaos := time.NewTicker(min(30*time.Second, *soakFor/20))
	defer chaos.Stop()
	for ended := false; !ended; {
		select {
		case <-over:
			ended = true
		case <-chaos.C:
			p := s.proxies[random.IntN(len(s.proxies))]
			p.Refuse(random.IntN(3) == 0)
			p.Sever()
		}
	}
	close(stop)
	working.Wait()
}

// post makes its part of the events, some of them twice.
func (s *soak) post(n int, random *rand.Rand, token string, stop <-chan struct{}) {
	p := newPoster(s.relay.url, 20*time.Second)
	defer p.close()
	team, err := client.New(client.Options{URL: s.relay.url, Token: provider.Hide(token)})
	if err != nil {
		s.t.Error(err)
		return
	}
	pace := time.NewTicker(time.Second * posters / time.Duration(*soakRate))
	defer pace.Stop()
	for i := 0; ; i++ {
		select {
		case <-stop:
			return
		case <-pace.C:
		}
		phone := fmt.Sprintf("3460000%04d", random.IntN(200))
		if random.IntN(10) == 0 {
			err = s.act(team, phone, fmt.Sprintf("soak-%d-%d", n, i))
		} else {
			err = s.write(p, webhook(fmt.Sprintf("wamid.%d.%d", n, i), phone, "hello"), 1+random.IntN(8)/7)
		}
		if err != nil {
			s.t.Error(err)
			return
		}
		s.made.Add(1)
	}
}

func (s *soak) write(p *poster, body []byte, times int) error {
	for range times {
		if status, err := p.post(s.t.Context(), body); err != nil || status != 200 {
			return fmt.Errorf("post: status %d: %w", status, err)
		}
	}
	return nil
}

func (s *soak) act(team *client.Client, phone, id string) error {
	conversation := s.key.Conversation(provider.ChatKey{Account: account, Chat: provider.ChatID(phone)})
	var body event.Body = event.Assigned{To: "ana"}
	if len(id)%2 == 0 {
		body = event.Resolved{Resolution: event.Resolution{Notes: id}}
	}
	_, err := team.Publish(s.t.Context(), []client.Entry{{ID: id, Account: account, Conversation: conversation, Kind: body.Kind(), Body: body}})
	return err
}

// calm heals every link and waits until every terminal is at the head.
func (s *soak) calm() {
	s.t.Helper()
	for _, p := range s.proxies {
		p.Plan(nil)
		p.Refuse(false)
		p.Sever()
	}
	head := headOf(s.t, s.relay.url)
	for _, f := range s.terminals {
		f.reach(head, nil)
	}
}

// judge compares everything with everything, and returns how much is wrong.
func (s *soak) judge(token string) int {
	s.t.Helper()
	failures := 0
	calm := newTerminal(s.t, s.relay.url, token)
	calm.reach(headOf(s.t, s.relay.url), nil)
	want := facts(s.t, calm.store)
	for i, f := range s.terminals {
		if !sameFacts(s.t, fmt.Sprintf("terminal %d", i), facts(s.t, f.store), want) {
			failures++
		}
		f.stop()
		if err := s.doctor(f, token); err != nil {
			failures++
			s.t.Error(err)
		}
	}
	calm.stop()
	for _, bad := range s.relay.complaints() {
		failures++
		s.t.Error(bad)
	}
	s.relay.terminate(s.t)
	if out, err := s.relay.run("check"); err != nil {
		failures++
		s.t.Errorf("%v\n%s", err, out)
	}
	return failures
}

// doctor lets the real program look a terminal's folder over.
func (s *soak) doctor(f *terminal, token string) error {
	config := fmt.Sprintf("relay = %q\ntoken = \"file:token\"\nagent = \"ana\"\n", s.relay.url)
	for name, text := range map[string]string{"config.toml": config, "token": token} {
		if err := os.WriteFile(filepath.Join(f.folder, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, builds.Program(s.t, "frontdesk"), "doctor", "--deep", "--dir", f.folder).CombinedOutput()
	if err != nil {
		return fmt.Errorf("the doctor: %w\n%s", err, out)
	}
	return nil
}

// size is how much of what may not grow there is.
type size struct{ memory, files, goroutines int }

func (s *soak) measure() size {
	s.t.Helper()
	proc := fmt.Sprintf("/proc/%d/", s.relay.cmd.Process.Pid)
	files, err := os.ReadDir(proc + "fd")
	if err != nil {
		s.t.Logf("open files and memory are not looked at: %v", err) // not on this system
		return size{goroutines: runtime.NumGoroutine()}
	}
	m := size{files: len(files), goroutines: runtime.NumGoroutine()}
	raw, err := os.ReadFile(proc + "status")
	if err != nil {
		s.t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		if text, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			m.memory, _ = strconv.Atoi(strings.Fields(text)[0])
		}
	}
	return m
}

// more is what grew. A few connections are always about to end; memory grows
// with caches up to a limit, so it is only told, unless it is out of all bounds.
func (m size) more(before size) (grown []string) {
	const slack = 24
	if m.files > before.files+slack {
		grown = append(grown, fmt.Sprintf("the relay has %d files open, and had %d", m.files, before.files))
	}
	if m.goroutines > before.goroutines+slack {
		grown = append(grown, fmt.Sprintf("%d goroutines, and there were %d", m.goroutines, before.goroutines))
	}
	if m.memory > before.memory+256<<10 {
		grown = append(grown, fmt.Sprintf("the relay uses %d KiB, and used %d", m.memory, before.memory))
	}
	return grown
}
