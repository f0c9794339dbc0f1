package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"modernc.org/sqlite"
)

// ErrSabotage is what a Saboteur lets a database answer.
var ErrSabotage = errors.New("sabotage")

// Saboteur makes the n-th thing fail that is asked of a store's database: a
// statement, a row or the answer to a write. 0 lets everything pass.
type Saboteur struct {
	N   int
	Hit bool
}

func (s *Saboteur) step() error {
	if s.N--; s.N == 0 {
		s.Hit = true
		return ErrSabotage
	}
	return nil
}

// Sabotage gives the writers and the readers of a store connections that fail
// when they are told to.
func (s *Store) Sabotage(ctx context.Context) (*Saboteur, error) {
	bad := &Saboteur{}
	open := func(old *sql.DB, pragmas ...string) (*sql.DB, error) {
		pragmas = append([]string{"busy_timeout(10000)", "synchronous(off)", "foreign_keys(1)", "secure_delete(1)"}, pragmas...)
		c, err := sqlite.NewConnector(dsn(s.opt.Path, pragmas...))
		if err != nil {
			return nil, err
		}
		db := sql.OpenDB(badConnector{c, bad})
		db.SetMaxOpenConns(1)
		return db, old.Close()
	}
	for _, w := range []*writer{s.facts, s.intent} {
		err := w.conn.Close()
		if err == nil {
			w.db, err = open(w.db)
		}
		if err == nil {
			w.conn, err = w.db.Conn(ctx)
		}
		if err != nil {
			return nil, err
		}
		w.statements = map[string]*sql.Stmt{}
	}
	var err error
	s.read.db, err = open(s.read.db, "query_only(1)")
	s.read.statements = map[string]*sql.Stmt{}
	return bad, err
}

// The types below stand between database/sql and SQLite and ask the saboteur
// first.
type (
	badConnector struct {
		driver.Connector
		s *Saboteur
	}
	badConn struct {
		driver.Conn
		s *Saboteur
	}
	badStmt struct {
		driver.Stmt
		s *Saboteur
	}
	badRows struct {
		driver.Rows
		s *Saboteur
	}
	badResult struct {
		driver.Result
		s *Saboteur
	}
)

func (c badConnector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	return badConn{conn, c.s}, err
}

func (c badConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if query != "rollback" { // what is undone is undone
		if err := c.s.step(); err != nil {
			return nil, err
		}
	}
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func (c badConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if err := c.s.step(); err != nil {
		return nil, err
	}
	st, err := c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
	return badStmt{st, c.s}, err
}

func (s badStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	if err := s.s.step(); err != nil {
		return nil, err
	}
	r, err := s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args)
	return badResult{r, s.s}, err
}

func (s badStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	if err := s.s.step(); err != nil {
		return nil, err
	}
	r, err := s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
	return badRows{r, s.s}, err
}

func (r badRows) Next(dest []driver.Value) error {
	if err := r.s.step(); err != nil {
		return err
	}
	if err := r.Rows.Next(dest); err != nil {
		return err
	}
	if r.s.step() != nil { // a value of a kind that nobody takes
		for i := range dest {
			dest[i] = 0.5
		}
	}
	return nil
}

func (r badResult) LastInsertId() (int64, error) {
	if err := r.s.step(); err != nil {
		return 0, err
	}
	return r.Result.LastInsertId()
}
