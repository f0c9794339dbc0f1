package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"time"

	"frontdesk/cmd/internal/door"
	"frontdesk/tui/safetext"
)

// keepAliveTCP notices a machine that went without a word.
const keepAliveTCP = 30 * time.Second

// serveSSH is the verb `ssh`: the inbox of every agent who has a folder in --dir, for
// who holds one of the keys in it.
func (e environment) serveSSH(ctx context.Context, args []string) error {
	f := e.flags("ssh")
	limits := door.Usual()
	dir := f.String("dir", "", "the folder with a folder for each agent, which has config.toml and authorized_keys")
	listen := f.String("listen", "", "the address to listen at, as in :2222")
	f.DurationVar(&limits.Idle, "idle", limits.Idle, "how long a session may go without a key")
	f.IntVar(&limits.Sessions, "sessions", limits.Sessions, "how many sessions may be open in all")
	f.IntVar(&limits.PerAgent, "per-agent", limits.PerAgent, "how many sessions one agent may have open")
	if _, err := f.parse(args, 0); err != nil {
		return err
	}
	switch {
	case *listen == "":
		return &usageError{what: "it is not said where to listen", todo: "name an address with --listen, as in :2222"}
	case limits.Idle < time.Second || limits.Sessions < 1 || limits.PerAgent < 1:
		return &usageError{what: "--idle, --sessions and --per-agent are at least 1s, 1 and 1", todo: "give more, or leave them out"}
	}
	folder, err := e.folder(*dir)
	if err != nil {
		return err
	}
	d, err := e.openDoor(folder, limits)
	if err != nil {
		return err
	}
	lc := net.ListenConfig{KeepAlive: keepAliveTCP}
	l, err := lc.Listen(ctx, "tcp", *listen)
	if err != nil {
		return &fault{what: "nobody can be let in at " + *listen, todo: "name a free address with --listen", err: err}
	}
	if _, err := fmt.Fprintln(e.out, safetext.Line("letting agents in at "+l.Addr().String())); err != nil {
		l.Close()
		return err
	}
	return d.Serve(ctx, l)
}

// openDoor judges the agents' folders. One that is not right keeps nobody out but its
// agent, and is told.
func (e environment) openDoor(folder string, limits door.Limits) (*door.Door, error) {
	log := e.logToErrs()
	t := &team{dir: folder, log: log}
	agents, wrong, err := t.agents()
	if err != nil {
		return nil, err
	}
	for _, a := range agents {
		if _, err := e.configOfAgent(filepath.Join(folder, a.name)); err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", a.name, err))
		}
	}
	for _, err := range wrong {
		log.Warn("an agent cannot come in", "err", oneLine(plainly(err)))
	}
	if len(agents) == 0 {
		return nil, &fault{
			what: "there is no agent's folder with a key in " + folder,
			todo: "make one for each: NAME/config.toml, and NAME/authorized_keys with their .pub file",
		}
	}
	key, err := hostKey(filepath.Join(folder, hostKeyFile))
	if err != nil {
		return nil, err
	}
	s := &rooms{env: e, dir: folder}
	return &door.Door{HostKey: key, Agent: t.whose, Program: s.program, Limits: limits, Log: log}, nil
}

// logToErrs is the log of a program without a screen: whoever runs it keeps it.
func (e environment) logToErrs() *slog.Logger {
	return slog.New(slog.NewJSONHandler(cleanLog{e.errs}, nil))
}
