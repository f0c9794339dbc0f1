package webhookrelay

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"frontdesk/webhookrelay/event"
)

var (
	// ErrTokenName is answered for a name that cannot be an agent's.
	ErrTokenName = errors.New("a name is 1 to 40 lower-case letters, digits, dots, dashes or underscores")
	// ErrTokenRole is answered for a role that does not exist.
	ErrTokenRole = errors.New("the roles are agent, supervisor, admin, read-only and integration")
	// ErrNoToken is answered for a token that is not there.
	ErrNoToken = errors.New("no live token has this id or name; see webhookrelay token list")

	errTooManyFailures = &apiError{
		http.StatusTooManyRequests, "too_many",
		"Too many wrong tokens came from there. Wait a minute, and check the token.",
	}

	tokenName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{0,39}$`)
)

// Token is what the relay knows of one token. The secret is not known to it.
type Token struct {
	ID   string
	Name event.AgentID
	// Role is empty where everything is allowed: the token is older than roles are.
	Role    event.Role
	Created time.Time
	// Revoked is zero while the token lives.
	Revoked time.Time
}

// Tokens are the relay's bearer tokens. At rest there is only a hash: the
// secret has 256 random bits, so that a fast one is enough.
type Tokens struct {
	log *eventLog
	// own is set where Tokens opened the log itself.
	own bool
}

// OpenTokens opens the tokens of the log at path, whether or not a relay is
// serving it.
func OpenTokens(ctx context.Context, path string) (*Tokens, error) {
	if err := migrateAlone(ctx, path); err != nil {
		return nil, fmt.Errorf("open log %s: %w", path, err)
	}
	l, err := openLog(ctx, path, time.Now, nil)
	if err != nil {
		return nil, err
	}
	return &Tokens{log: l, own: true}, nil
}

// Close closes what OpenTokens opened; for a running relay's it does nothing.
func (t *Tokens) Close() error {
	if !t.own {
		return nil
	}
	return t.log.close()
}

// Add makes a token for a member of the team, and tells every terminal of the
// member. The returned string is the only copy of the secret.
func (t *Tokens) Add(ctx context.Context, name, role string) (string, error) {
	if !tokenName.MatchString(name) {
		return "", ErrTokenName
	}
	if rights[event.Role(role)] == nil {
		return "", ErrTokenRole
	}
	id, secret := randomID(5), randomID(32)
	hash := sha256.Sum256([]byte(secret))
	agent := event.AgentID(name)
	_, err := t.log.append(ctx, write{decide: func(ctx context.Context, tx *logTx) ([]entry, error) {
		var last string
		err := tx.conn.QueryRowContext(ctx, "select role from token where name = ? order by created_at desc, rowid desc limit 1", name).Scan(&last)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
		gone, err := tx.isGone(ctx, agent)
		if err != nil {
			return nil, err
		}
		told := "agent:" + name
		if last != "" && last != storedRole(event.Role(role)) || gone {
			told += ":" + id // another role is news, also of somebody who is known; and so is a return
		}
		known, err := fact(told, "", "", "", event.AgentDefined{Agent: agent, Name: name, Role: event.Role(role)})
		if err != nil {
			return nil, err
		}
		_, err = tx.conn.ExecContext(ctx, "insert into token (id, name, role, hash, created_at) values (?, ?, ?, ?, ?)",
			id, name, storedRole(event.Role(role)), hash[:], string(tx.at))
		return []entry{known}, err
	}})
	if err != nil {
		return "", fmt.Errorf("add token: %w", err)
	}
	return "fd_" + id + "_" + secret, nil
}

// List returns all tokens, oldest first.
func (t *Tokens) List(ctx context.Context) ([]Token, error) {
	rows, err := t.log.read.QueryContext(ctx,
		"select id, name, role, created_at, coalesce(revoked_at, '') from token order by created_at, id")
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var tokens []Token
	for rows.Next() {
		var tok Token
		var role, created, revoked string
		if err := rows.Scan(&tok.ID, &tok.Name, &role, &created, &revoked); err != nil {
			return nil, fmt.Errorf("list tokens: %w", err)
		}
		tok.Role = roleOf(role)
		tok.Created, _ = time.Parse(time.RFC3339Nano, created)
		tok.Revoked, _ = time.Parse(time.RFC3339Nano, revoked)
		tokens = append(tokens, tok)
	}
	return tokens, rows.Err()
}

// Revoke ends the token with this id, or all of this name. Open streams are
// cut within a second, and who has none left is of the team no more: every terminal is
// told. It returns how many were ended, or ErrNoToken.
func (t *Tokens) Revoke(ctx context.Context, idOrName string) (int, error) {
	var n int64
	_, err := t.log.append(ctx, write{decide: func(ctx context.Context, tx *logTx) ([]entry, error) {
		res, err := tx.conn.ExecContext(ctx, "update token set revoked_at = ? where revoked_at is null and (id = ? or name = ?)",
			string(tx.at), idOrName, idOrName)
		if err != nil {
			return nil, err
		}
		if n, err = res.RowsAffected(); err != nil {
			return nil, err
		}
		return tx.left(ctx, idOrName)
	}})
	if err != nil {
		return 0, fmt.Errorf("revoke token: %w", err)
	}
	if n == 0 {
		return 0, ErrNoToken
	}
	return int(n), nil
}

// letIn is the key of the token in the context of a request that was let in.
type letIn struct{}

// authenticate returns the token that let the request in, and judges it where
// nobody has.
func (t *Tokens) authenticate(r *http.Request) (Token, error) {
	if tok, ok := r.Context().Value(letIn{}).(Token); ok {
		return tok, nil
	}
	tok, _, err := t.judge(r)
	return tok, err
}

// judge returns the live token a request carries, or the id it claims. It
// reads the Authorization header and nothing else: what is in a URL ends in
// logs.
func (t *Tokens) judge(r *http.Request) (tok Token, claimed string, err error) {
	id, secret, ok := bearer(r.Header)
	if !ok {
		return Token{}, "", errUnauthorized
	}
	var want []byte
	var role string
	var revoked bool
	err = t.log.read.QueryRowContext(r.Context(),
		"select id, name, role, hash, revoked_at is not null from token where id = ?", id).
		Scan(&tok.ID, &tok.Name, &role, &want, &revoked)
	if errors.Is(err, sql.ErrNoRows) {
		want = make([]byte, sha256.Size) // an unknown id costs the same
	} else if err != nil {
		return Token{}, id, fmt.Errorf("read token: %w", err)
	}
	got := sha256.Sum256([]byte(secret))
	if subtle.ConstantTimeCompare(got[:], want) != 1 || revoked {
		return Token{}, id, errUnauthorized
	}
	tok.Role = roleOf(role)
	return tok, id, nil
}

// bearer takes "Bearer fd_<id>_<secret>" apart. The scheme may be written in
// any case, the token is exact.
func bearer(h http.Header) (id, secret string, ok bool) {
	const scheme = "bearer "
	values := h.Values("Authorization")
	if len(values) != 1 || len(values[0]) < len(scheme) || !strings.EqualFold(values[0][:len(scheme)], scheme) {
		return "", "", false
	}
	parts := strings.Split(values[0][len(scheme):], "_")
	if len(parts) != 3 || parts[0] != "fd" || parts[1] == "" || parts[2] == "" {
		return "", "", false
	}
	return parts[1], parts[2], true
}

// authenticated lets only requests with a live token through: before it,
// nothing of a request but its header was looked at. What is refused keeps no
// connection, so that its body need not be read.
func (r *Relay) authenticated(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		token, claimed, err := r.tokens.judge(req)
		if err == nil {
			next(w, req.WithContext(context.WithValue(req.Context(), letIn{}, token)))
			return
		}
		w.Header().Set("Connection", "close")
		if errors.Is(err, errUnauthorized) {
			from := r.trusted.sender(req)
			if wait := r.failures.count(claimed, from); wait > 0 {
				w.Header().Set("Retry-After", strconv.Itoa(int(wait/time.Second)+1))
				err = errTooManyFailures
			} else {
				r.logger.Warn("a token was refused", "from", from, "path", req.Pattern) // the caller chose the rest of it
			}
		}
		refuse(w, req, r.logger, err)
	}
}

// queryable is a database or one connection of it.
type queryable interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// revokedTokens returns the ids of the tokens that live no more.
func revokedTokens(ctx context.Context, in queryable) (map[string]bool, error) {
	rows, err := in.QueryContext(ctx, "select id from token where revoked_at is not null")
	if err != nil {
		return nil, fmt.Errorf("read revoked tokens: %w", err)
	}
	defer func() { _ = rows.Close() }()
	ids := map[string]bool{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, fmt.Errorf("read revoked tokens: %w", err)
		}
		ids[id] = true
	}
	return ids, rows.Err()
}
