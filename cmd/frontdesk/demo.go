package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"frontdesk/store/feed"
)

// demoFlags is the command line of the verb `demo`.
type demoFlags struct {
	dir                     string
	seed                    uint64
	conversations, messages int
	speed                   float64
	headless                bool
	given                   map[string]bool
}

// demo is the verb `demo`: relay, pretend network and app in one process, over
// loopback HTTP and websocket.
func (e environment) demo(ctx context.Context, args []string) error {
	o, err := e.demoFlags(args)
	if err != nil {
		return err
	}
	if !o.headless {
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
	clock := newClock(time.Now)
	if err := e.prepareDemo(ctx, folder, o, clock); err != nil {
		return err
	}
	return e.runDemo(ctx, folder, o, clock)
}

func (e environment) demoFlags(args []string) (demoFlags, error) {
	o := demoFlags{given: map[string]bool{}}
	f := e.flags("demo")
	f.StringVar(&o.dir, "dir", "", "keep the demo in this folder; without it a temporary one is used and removed")
	f.Uint64Var(&o.seed, "seed", 1, "which world: the same seed, the same customers")
	f.IntVar(&o.conversations, "conversations", 0, "how many conversations; 0 takes the written ones")
	f.IntVar(&o.messages, "messages", 0, "how many messages in all, where conversations are added")
	f.Float64Var(&o.speed, "speed", 1, "how fast customers read and answer")
	f.BoolVar(&o.headless, "headless", false, "no screen: print \"ready DIR\" and run until interrupted")
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
	if _, err := os.Stat(filepath.Join(folder, "config.toml")); err == nil {
		return e.checkDemo(folder, o)
	}
	if err := clearDemo(folder); err != nil {
		return err
	}
	if err := e.seed(ctx, folder, o, clock); err != nil {
		return err
	}
	return nil
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

// demoFiles are what an earlier start that was cut off may have left.
func demoFiles() []string {
	return []string{
		"store.db", "store.db-wal", "store.db-shm", "store.db.lock", "store.lock", "relay.db", "relay.db-wal", "relay.db-shm", "relay.db.lock",
		"relay.db.lock-journal", "network.jsonl", "frontdesk.log", "token", "ben.token", "wake.sock", "config.toml.new", "media",
	}
}

// clearDemo makes the folder and removes the rest of a start that was cut off.
// A folder with anything else in it is somebody's, and stays untouched.
func clearDemo(folder string) error {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return &fault{what: "the folder cannot be made", todo: "take another with --dir", err: err}
		}
		return nil
	}
	if err != nil {
		return &fault{what: folder + " is no folder that can be read", todo: "take another with --dir", err: err}
	}
	ours := map[string]bool{}
	for _, name := range demoFiles() {
		ours[name] = true
	}
	for _, entry := range entries {
		if !ours[entry.Name()] {
			return &fault{what: folder + " is not empty and holds no demo", todo: "take an empty folder with --dir"}
		}
	}
	for _, entry := range entries {
		if err := os.RemoveAll(filepath.Join(folder, entry.Name())); err != nil {
			return &fault{what: "an unfinished demo is in the way in " + folder, todo: "remove it", err: err}
		}
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
	cfg.Demo.live = true
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
		return d.screen(ctx)
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
