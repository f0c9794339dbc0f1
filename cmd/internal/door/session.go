package door

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/ssh"
)

// Session is one agent at one terminal.
type Session struct {
	// Agent is whose key it was, From the address they came from.
	Agent, From string
	// Env are the judged variables of their terminal.
	Env map[string]string
	// Size is the terminal's at the start; Resized receives the newest one after.
	Size    Size
	Resized chan Size
	*stream
}

// visit is a session that may not have begun.
type visit struct {
	*conn
	Session
	ch      ssh.Channel
	pty     bool
	begun   bool
	end     context.CancelCauseFunc
	patient *time.Timer // ends a session that asks for nothing
}

// take serves one session until it or its connection ends.
func (c *conn) take(ctx context.Context, asked ssh.NewChannel, gone <-chan struct{}) {
	ch, requests, err := asked.Accept()
	if err != nil {
		return
	}
	defer ch.Close()
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	v := &visit{conn: c, ch: ch, end: end}
	v.Session = Session{
		Agent: c.agent, From: c.from, Env: map[string]string{}, Size: usualSize, Resized: make(chan Size, 1),
		stream: newStream(ch, c.Limits.Stall, func() { c.ssh.Close() }, func() { end(errGone) }),
	}
	v.patient = time.AfterFunc(c.Limits.Handshake, func() { ch.Close() })
	defer v.patient.Stop()
	done := make(chan struct{})
	for {
		select {
		case r, ok := <-requests:
			if !ok {
				requests = nil // the client closed it
				v.end(errGone)
				if !v.begun {
					return
				}
				continue
			}
			v.request(ctx, r, done)
		case <-gone:
			v.end(errGone)
			gone = nil
		case <-done:
			return
		}
	}
}

// What a client asks for, as RFC 4254 section 6 has it.
type (
	ptyRequest struct {
		Term                         string
		Cols, Rows, XPixels, YPixels uint32
		Modes                        string
	}
	sizeRequest struct{ Cols, Rows, XPixels, YPixels uint32 }
	envRequest  struct{ Name, Value string }
)

// request answers one. What is not named here is refused: other terminals' screens
// and agents are not forwarded.
func (v *visit) request(ctx context.Context, r *ssh.Request, done chan struct{}) {
	ok := false
	switch r.Type {
	case "pty-req":
		ok = v.terminal(r.Payload)
	case "window-change":
		ok = v.resize(r.Payload)
	case "env":
		ok = v.setEnv(r.Payload)
	case "shell", "exec", "subsystem":
		v.begin(ctx, r, done)
		return
	}
	_ = r.Reply(ok, nil) // who asked may be gone
}

func (v *visit) terminal(payload []byte) bool {
	var p ptyRequest
	if v.begun || ssh.Unmarshal(payload, &p) != nil {
		return false
	}
	v.pty, v.Size = true, sizeOf(p.Cols, p.Rows)
	set(v.Env, "TERM", p.Term)
	return true
}

func (v *visit) setEnv(payload []byte) bool {
	var e envRequest
	return !v.begun && ssh.Unmarshal(payload, &e) == nil && set(v.Env, e.Name, e.Value)
}

// resize gives the newest size on; an older one that was not taken is forgotten.
func (v *visit) resize(payload []byte) bool {
	var s sizeRequest
	if !v.begun || ssh.Unmarshal(payload, &s) != nil {
		return false
	}
	select {
	case <-v.Resized:
	default:
	}
	v.Resized <- sizeOf(s.Cols, s.Rows) // this goroutine alone sends
	return true
}

// begin starts the program, or says why it does not.
func (v *visit) begin(ctx context.Context, r *ssh.Request, done chan struct{}) {
	if v.begun {
		_ = r.Reply(false, nil)
		return
	}
	v.begun = true
	v.patient.Stop()
	// The request is granted so that a refusal can be read: of one that is not, ssh
	// shows its own words.
	_ = r.Reply(true, nil)
	go func() { // take waits for it
		defer close(done)
		v.leave(v.run(ctx, r.Type))
	}()
}

// run is the program, for who may have it.
func (v *visit) run(ctx context.Context, asked string) error {
	switch {
	case asked == "exec":
		return errors.New("no command is run here; connect without one")
	case asked == "subsystem":
		return errors.New("there are no files to be had here; connect with ssh alone")
	case !v.pty:
		return errors.New("it needs a terminal; connect with ssh -t, from one")
	}
	free, err := v.room(v.Agent)
	if err != nil {
		v.Log.Info("no room", "agent", v.Agent, "from", v.From, "err", err)
		return err
	}
	defer free()
	came := time.Now()
	v.Log.Info("came", "agent", v.Agent, "from", v.From)
	why := v.program(ctx)
	v.Log.Info("went", "agent", v.Agent, "from", v.From, "after", time.Since(came).Round(time.Second).String(), "why", whyText(why))
	return why
}

// program runs it until the agent leaves it or something ends it.
func (v *visit) program(ctx context.Context) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	go v.watchIdle(ctx, v.Limits.Idle, end)
	err := v.Program(ctx, &v.Session)
	switch cause := context.Cause(ctx); {
	case ctx.Err() == nil:
		return err
	case errors.Is(cause, context.Canceled):
		return errStopped
	default:
		return cause
	}
}

// leave tells why it ended, and ends the session for the client.
func (v *visit) leave(why error) {
	status := struct{ Code uint32 }{}
	if why != nil {
		status.Code = 1
		_, _ = fmt.Fprintf(v.stream, "frontdesk: %s\n", why) // it may be gone
	}
	_, _ = v.ch.SendRequest("exit-status", false, ssh.Marshal(&status))
	v.ch.Close()
}

func whyText(why error) string {
	if why == nil {
		return "left"
	}
	return why.Error()
}

// room takes one of the places for sessions.
func (h *house) room(agent string) (free func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.total >= h.Limits.Sessions:
		return nil, fmt.Errorf("all %d sessions are taken; try again when a colleague has left", h.total)
	case h.sessions[agent] >= h.Limits.PerAgent:
		return nil, fmt.Errorf("you have %d sessions open; leave one of them with q", h.sessions[agent])
	}
	h.total++
	h.sessions[agent]++
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.total--
		if h.sessions[agent]--; h.sessions[agent] == 0 {
			delete(h.sessions, agent)
		}
	}, nil
}
