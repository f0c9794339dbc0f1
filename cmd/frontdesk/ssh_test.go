package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"frontdesk/store"
)

// TestTeamOverSSH: two agents, each with a key and a folder of their own, work at one
// relay through one door: as themselves, beside a second window, and without this
// machine doing anything for them but the inbox.
func TestTeamOverSSH(t *testing.T) {
	t.Parallel() // it mostly waits for programs
	f := openTeam(t, demoTeammate, "cleo")
	ben, cleo := f.sits(demoTeammate, 160, 48), f.sits("cleo", 120, 40)
	ben.waits("live")
	cleo.waits("live")
	ben.finds("Kwame")
	ben.keys("e")
	until(t, f.store, "resolved", func() bool { return f.conversation("Kwame").Status == store.StatusResolved })
	cleo.finds("Kwame")
	cleo.waits("resolved")
	ben = f.secondWindow(ben)
	cleo.resizes(80, 24)
	f.confined(cleo)
	cleo = f.killed(cleo)

	f.stop()
	cleo.waits("was stopped here")
	ben.waits("was stopped here")
	<-f.done
	for _, text := range []string{"half a thought", "Kwame", "Elif"} {
		if strings.Contains(f.log.String(), text) {
			t.Errorf("the log has %q", text)
		}
	}
	if !strings.Contains(f.log.String(), `"msg":"went","agent":"cleo"`) {
		t.Errorf("the log: %s", f.log)
	}
}

// secondWindow: a second session works beside the first and takes over from it; there
// is no third.
func (f *sshTeam) secondWindow(first *remote) *remote {
	f.t.Helper()
	beside := f.sits(demoTeammate, 160, 48)
	beside.waits("another window sends")
	f.sits(demoTeammate, 80, 24).waits("you have 2 sessions open")
	first.keys("q")
	if err := first.session.Wait(); err != nil {
		f.t.Errorf("who leaves: %v", err)
	}
	beside.waitsFor("it takes over", func(screen string) bool {
		return strings.Contains(screen, "● live") && !strings.Contains(screen, "another window")
	})
	return beside
}

// killed: what was being typed when a connection broke is there in the next one.
func (f *sshTeam) killed(r *remote) *remote {
	f.t.Helper()
	r.finds("Elif")
	r.keys("n")
	r.waits("only the team sees this")
	r.keys("half a thought")
	r.waits("half a thought")
	r.client.Close()
	r = f.sits("cleo", 120, 40)
	r.waits("live")
	r.finds("Elif")
	r.keys("n")
	r.waits("half a thought")
	return r
}

// resizes makes the terminal smaller: the screen is drawn into it whole.
func (r *remote) resizes(w, h int) {
	r.t.Helper()
	r.mu.Lock()
	r.term.Resize(w, h)
	r.mu.Unlock()
	if err := r.session.WindowChange(h, w); err != nil {
		r.t.Fatal(err)
	}
	r.waitsFor("the status line at the bottom", func(screen string) bool {
		lines := strings.Split(screen, "\n")
		return len(lines) == h && strings.Contains(lines[h-1], "TRIAGE")
	})
}

// confined: what would start a program or touch a file of this machine says that it
// does not.
func (f *sshTeam) confined(r *remote) {
	f.t.Helper()
	for _, c := range []struct{ command, says string }{
		{"send a file", "No file can be sent from here"},
		{"export this", "over SSH no file is written"},
	} {
		r.keys("\x0b")
		r.waits("›")
		r.keys(c.command)
		r.waits("› " + c.command)
		r.keys("\r")
		if c.command == "export this" {
			r.waits("Export as")
			r.keys("\r")
		}
		r.waits(c.says)
	}
	if _, err := os.Stat(filepath.Join(f.root, "cleo", "run")); err == nil {
		f.t.Error("the notify command was run")
	}
}

// TestWhoMayComeIn: a folder that is not right keeps out its own agent alone, and a
// key that restricts what nobody holds is none.
func TestWhoMayComeIn(t *testing.T) {
	root, log := t.TempDir(), &sharedText{}
	line := func(key ssh.Signer) string { return string(ssh.MarshalAuthorizedKey(key.PublicKey())) }
	ana, ben, both := newSSHKey(t), newSSHKey(t), newSSHKey(t)
	files := map[string]string{
		"ana": "# ana's\n\n" + line(ana) + line(both), "ben": line(ben) + line(both), "cleo": "from=\"10.0.0.1\" " + line(newSSHKey(t)),
		"dora": "ssh-rsa nonsense\n", "writable": line(newSSHKey(t)), "nokeys": "",
	}
	for name, text := range files {
		dir := filepath.Join(root, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, keysFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(filepath.Join(root, "writable", keysFile), 0o666); err != nil {
		t.Fatal(err)
	}
	team := &team{dir: root, log: environment{errs: log}.logToErrs()}
	agents, wrong, err := team.agents()
	if err != nil || len(agents) != 2 || len(wrong) != 3 {
		t.Fatalf("%v, %v, %v", agents, wrong, err)
	}
	for i, says := range []string{"line 1: options before a key", "line 1: this is no public key", "others may write"} {
		if !strings.Contains(wrong[i].Error(), says) {
			t.Errorf("%v does not say %q", wrong[i], says)
		}
	}
	if name, err := team.whose(ana.PublicKey()); name != "ana" || err != nil {
		t.Errorf("%q, %v", name, err)
	}
	if name, err := team.whose(both.PublicKey()); err == nil || !strings.Contains(err.Error(), "ana and of ben") {
		t.Errorf("a key of two: %q, %v", name, err)
	}
	if err := os.Remove(filepath.Join(root, "ben", keysFile)); err != nil {
		t.Fatal(err)
	}
	if name, err := team.whose(ben.PublicKey()); err == nil {
		t.Errorf("who was taken out comes in as %s", name)
	}
}

// TestHostKey: it is made once, for nobody else to read.
func TestHostKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), hostKeyFile)
	first, err := hostKey(path)
	if err != nil {
		t.Fatal(err)
	}
	again, err := hostKey(path)
	if err != nil || ssh.FingerprintSHA256(first.PublicKey()) != ssh.FingerprintSHA256(again.PublicKey()) {
		t.Errorf("the second time: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := hostKey(path); err == nil || !strings.Contains(err.Error(), "others may read") {
		t.Errorf("one that others read: %v", err)
	}
}
