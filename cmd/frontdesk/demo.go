package main

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"frontdesk/store"
	"frontdesk/store/feed"
	"frontdesk/tui"
)

// demoFlags is the command line of the verb `demo`.
type demoFlags struct {
	dir                     string
	seed                    uint64
	conversations, messages int
	speed                   float64
	headless, plain, tour   bool
	look                    *themeFlag
	given                   map[string]bool
}

// demo is the verb `demo`: relay, pretend network and app in one process, over
// loopback HTTP and websocket.
func (e environment) demo(ctx context.Context, args []string) error {
	o, err := e.demoFlags(args)
	if err != nil {
		return err
	}
	if !o.headless && !o.plain {
		if err := e.mustBeTerminal(); err != nil {
			return err
		}
	}
	folder, temporary, err := e.demoFolder(o.dir)
	if err != nil {
		return err
	}
	if temporary {
		defer os.RemoveAll(folder)
	}
	if err := e.mayHoldStore(folder); err != nil {
		return err
	}
	clock := newClock(time.Now)
	if err := e.prepareDemo(ctx, folder, o, clock); err != nil {
		return err
	}
	return e.runDemo(ctx, folder, o, clock)
}

func (e environment) demoFlags(args []string) (demoFlags, error) {
	f := e.flags("demo")
	o := demoFlags{given: map[string]bool{}, look: f.theme()}
	f.StringVar(&o.dir, "dir", "", "keep the demo in this folder; without it a temporary one is used and removed")
	f.Uint64Var(&o.seed, "seed", 1, "which world: the same seed, the same customers")
	f.IntVar(&o.conversations, "conversations", 0, "how many conversations; 0 takes the written ones")
	f.IntVar(&o.messages, "messages", 0, "how many messages in all, where conversations are added")
	f.Float64Var(&o.speed, "speed", 1, "how fast customers read and answer")
	f.BoolVar(&o.headless, "headless", false, "no screen: print \"ready DIR\" and run until interrupted")
	f.BoolVar(&o.plain, "plain", e.getenv("FRONTDESK_PLAIN") == "1", "a dialogue in lines and no screen, for screen readers and pipes")
	f.BoolVar(&o.tour, "tour", false, "learn ten keys by pressing them; the palette (Ctrl+K) has it, too")
	if _, err := f.parse(args, 0); err != nil {
		return o, err
	}
	f.Visit(func(f *flag.Flag) { o.given[f.Name] = true })
	if o.speed <= 0 || o.conversations < 0 || o.messages < 0 {
		return o, &usageError{what: "speed must be above 0, and conversations and messages not below", todo: "frontdesk demo --help tells the flags"}
	}
	return o, nil
}

func (e environment) demoFolder(dir string) (folder string, temporary bool, err error) {
	if dir == "" {
		folder, err = os.MkdirTemp("", "frontdesk-demo-")
		if err != nil {
			return "", false, &fault{what: "no temporary folder can be made", todo: "name one with --dir DIR", err: err}
		}
		return folder, true, nil
	}
	folder, err = filepath.Abs(dir)
	if err != nil {
		return "", false, &fault{what: dir + " has no absolute path", todo: "name another with --dir DIR", err: err}
	}
	return folder, false, nil
}

// prepareDemo makes a new demo in an empty folder, and leaves one that is there
// as it is. config.toml is written last and at once: a folder without it holds
// no demo, however far an earlier start had come.
func (e environment) prepareDemo(ctx context.Context, folder string, o demoFlags, clock *clock) error {
	if hasDemo(folder) {
		return e.checkDemo(folder, o)
	}
	if err := mayBeMade(folder); err != nil {
		return err
	}
	release, held, err := store.Lock(filepath.Join(folder, "store.db"))
	switch {
	case err != nil:
		return &fault{what: "the folder cannot be written", todo: "take another with --dir", err: err}
	case held:
		return &fault{what: "another frontdesk is making a demo in " + folder, todo: "wait for it, or take another folder with --dir"}
	}
	defer release()
	if hasDemo(folder) { // the other one has just finished
		return e.checkDemo(folder, o)
	}
	if err := clearDemo(folder); err != nil {
		return err
	}
	return e.seed(ctx, folder, o, clock)
}

func hasDemo(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, "config.toml"))
	return err == nil
}

// checkDemo refuses flags that the demo in the folder cannot follow any more.
func (e environment) checkDemo(folder string, o demoFlags) error {
	cfg, err := loadConfig(folder, e.getenv)
	if err != nil {
		return err
	}
	if cfg.Demo == nil {
		return &fault{what: folder + " holds a real inbox, not a demo", todo: "take another folder with --dir"}
	}
	if o.given["seed"] && o.seed != cfg.Demo.Seed {
		return &fault{what: fmt.Sprintf("the demo in %s has seed %d", folder, cfg.Demo.Seed), todo: "leave --seed out, or take another folder with --dir"}
	}
	if o.given["conversations"] || o.given["messages"] {
		return &fault{what: "the demo in " + folder + " has its conversations already", todo: "leave --conversations and --messages out, or take another folder with --dir"}
	}
	return nil
}

// unfinished stands in a folder from before the first file of a demo until
// after the last. Only where it stands may anything be removed: a folder with a
// relay's log and no config.toml may be somebody's.
const unfinished = "demo.unfinished"

// demoFiles are what a start that was cut off may have left.
func demoFiles() []string {
	return []string{
		unfinished, "config.toml.new", "frontdesk.log", "media", "network.jsonl", "network.jsonl.files", "token", demoTeammate + ".token",
		"relay.db", "relay.db-wal", "relay.db-shm", "relay.db-journal", "relay.db.head", "relay.db.lock", "relay.db.lock-journal", "relay.media", "store.db.lock",
	}
}

// mayBeMade makes the folder, or makes sure that nothing in it is anybody
// else's. It leaves everything as it is.
func mayBeMade(folder string) error {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return &fault{what: "the folder cannot be made", todo: "take another with --dir", err: err}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return &fault{what: folder + " is no folder that can be read", todo: "take another with --dir", err: err}
	}
	ours := []string{"store.db.lock"}
	if slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == unfinished }) {
		ours = demoFiles()
	}
	for _, entry := range entries {
		if !slices.Contains(ours, entry.Name()) {
			return &fault{what: folder + " is not empty and holds no demo", todo: "take an empty folder with --dir"}
		}
	}
	return nil
}

// clearDemo removes the rest of a start that was cut off, and begins anew. The
// caller holds the lock.
func clearDemo(folder string) error {
	if err := mayBeMade(folder); err != nil {
		return err
	}
	for _, name := range demoFiles() {
		if name == "store.db.lock" || name == unfinished {
			continue
		}
		if err := os.RemoveAll(filepath.Join(folder, name)); err != nil {
			return &fault{what: "an unfinished demo is in the way in " + folder, todo: "remove it", err: err}
		}
	}
	if err := os.WriteFile(filepath.Join(folder, unfinished), nil, 0o600); err != nil {
		return &fault{what: "the folder cannot be written", todo: "take another with --dir", err: err}
	}
	return nil
}

func (e environment) runDemo(ctx context.Context, folder string, o demoFlags, clock *clock) error {
	cfg, err := loadConfig(folder, e.getenv)
	if err != nil {
		return err
	}
	if o.given["speed"] {
		cfg.Demo.Speed = o.speed
	}
	cfg.Demo.live, cfg.Demo.tour = true, tui.TourOffered
	if o.tour {
		cfg.Demo.tour = tui.TourBegun
	}
	cfg.wear(o.look)
	d, err := e.newDesk(ctx, cfg, clock.Now)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.mustHold(); err != nil {
		return err
	}
	ready := make(chan struct{}, 1)
	d.setOnLink(signalLive(ready))
	if err := d.start(ctx); err != nil {
		return err
	}
	if err := awaitLive(ctx, ready); err != nil {
		return err
	}
	if !o.headless {
		return d.show(ctx, o.plain)
	}
	fmt.Fprintln(e.out, "ready "+folder)
	<-ctx.Done()
	return nil
}

// signalLive tells live, once it has room, that the link stands.
func signalLive(live chan<- struct{}) func(feed.State) {
	return func(s feed.State) {
		if !s.Live {
			return
		}
		select {
		case live <- struct{}{}:
		default:
		}
	}
}

// firstSync is how long a demo may take to bring its own relay's log into its
// own store.
const firstSync = 2 * time.Minute

func awaitLive(ctx context.Context, ready <-chan struct{}) error {
	limit := time.NewTimer(firstSync)
	defer limit.Stop()
	select {
	case <-ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-limit.C:
		return &fault{what: "the demo's own relay did not answer", todo: "look at frontdesk.log in its folder"}
	}
}
