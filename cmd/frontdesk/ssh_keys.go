package main

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/crypto/ssh"

	"frontdesk/internal/durable"
)

const (
	hostKeyFile = "ssh_host_ed25519_key"
	keysFile    = "authorized_keys"
	// maxKeys is more than an agent's keys are, in bytes.
	maxKeys = 64 << 10
	// leastRSA is the shortest RSA key that is let in, in bits: NIST SP 800-131A.
	leastRSA = 2048
)

// team is the agents who may come in: one folder each.
type team struct {
	dir string
	log *slog.Logger
}

// agentKeys are the keys of the agent whose folder has the name.
type agentKeys struct {
	name string
	keys []ssh.PublicKey
}

// whose names the folder of the agent who has the key. The files are read each time:
// who was taken out of them does not come in again.
func (t *team) whose(key ssh.PublicKey) (string, error) {
	agents, wrong, err := t.agents()
	if err != nil {
		return "", err
	}
	for _, err := range wrong {
		t.log.Warn("an agent cannot come in", "err", oneLine(plainly(err)))
	}
	found, blob := "", key.Marshal()
	for _, a := range agents {
		for _, k := range a.keys {
			switch {
			case !bytes.Equal(k.Marshal(), blob):
			case found != "" && found != a.name:
				return "", fmt.Errorf("the key stands in the folders of %s and of %s", found, a.name)
			default:
				found = a.name
			}
		}
	}
	if found == "" {
		return "", errors.New("the key is nobody's")
	}
	return found, nil
}

// agents reads everybody's keys, and what is wrong with whose.
func (t *team) agents() (agents []agentKeys, wrong []error, err error) {
	entries, err := os.ReadDir(t.dir)
	if err != nil {
		return nil, nil, &fault{what: "the folder of the agents cannot be read", todo: "name it with --dir DIR", err: err}
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		keys, err := readKeys(filepath.Join(t.dir, entry.Name()))
		switch {
		case errors.Is(err, fs.ErrNotExist): // a folder of something else
		case err != nil:
			wrong = append(wrong, fmt.Errorf("%s: %w", entry.Name(), err))
		case len(keys) > 0:
			agents = append(agents, agentKeys{entry.Name(), keys})
		}
	}
	return agents, wrong, nil
}

// readKeys reads the authorized_keys of one agent.
func readKeys(folder string) ([]ssh.PublicKey, error) {
	path := filepath.Join(folder, keysFile)
	for _, p := range []string{folder, path} {
		info, err := os.Stat(p)
		if err != nil {
			return nil, err
		}
		if runtime.GOOS != "windows" && info.Mode().Perm()&0o022 != 0 {
			return nil, &fault{what: "others may write to " + p + ", and let in whom they like", todo: "chmod go-w " + p}
		}
		if info.Size() > maxKeys && !info.IsDir() {
			return nil, &fault{what: path + " is too large", todo: "leave only the agent's own keys in it"}
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var keys []ssh.PublicKey
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		line := bytes.TrimSpace(lines.Bytes())
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		key, err := parseKey(line)
		if err != nil {
			return nil, &fault{what: fmt.Sprintf("%s, line %d", path, n), todo: "mend or remove the line", err: err}
		}
		keys = append(keys, key)
	}
	return keys, lines.Err()
}

// parseKey refuses what could not hold: an option restricts a key, and who wrote it
// believes that it does.
func parseKey(line []byte) (ssh.PublicKey, error) {
	key, _, options, _, err := ssh.ParseAuthorizedKey(line)
	switch {
	case err != nil:
		return nil, errors.New("this is no public key")
	case len(options) > 0:
		return nil, errors.New("options before a key are not understood here")
	}
	switch key.Type() {
	case ssh.KeyAlgoRSA:
		if crypto, ok := key.(ssh.CryptoPublicKey); !ok || bits(crypto) < leastRSA {
			return nil, fmt.Errorf("an RSA key of under %d bits is not let in", leastRSA)
		}
	case ssh.KeyAlgoED25519, ssh.KeyAlgoSKED25519, ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521, ssh.KeyAlgoSKECDSA256:
	default:
		return nil, errors.New("keys of this kind are not let in")
	}
	return key, nil
}

func bits(key ssh.CryptoPublicKey) int {
	if k, ok := key.CryptoPublicKey().(interface{ Size() int }); ok {
		return k.Size() * 8
	}
	return 0
}

// hostKey reads the key that this door proves itself with, or makes it: once, because
// agents' machines remember it.
func hostKey(path string) (ssh.Signer, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeHostKey(path); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, &fault{what: "the host key cannot be made", todo: "check who may write in " + filepath.Dir(path), err: err}
		}
		text, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, &fault{what: "the host key cannot be read", todo: "check who may read it", err: err}
	}
	if info, err := os.Stat(path); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return nil, &fault{what: "others may read the host key " + path, todo: "chmod 600 it; who has read it can stand in for this machine"}
	}
	key, err := ssh.ParsePrivateKey(text)
	if err != nil {
		return nil, &fault{what: path + " is no host key without a password", todo: "put the right one back; where it is lost, remove it and a new one is made"}
	}
	return key, nil
}

func makeHostKey(path string) error {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	block, err := ssh.MarshalPrivateKey(key, "")
	if err != nil {
		return err
	}
	part, err := durable.Begin(path)
	if err != nil {
		return err
	}
	err = os.WriteFile(part.Path(), pem.EncodeToMemory(block), 0o600)
	if err == nil {
		err = durable.SyncFile(part.Path())
	}
	if err != nil {
		return errors.Join(err, part.Drop())
	}
	return part.Place()
}
