package store

import (
	"context"
	"database/sql"
	"errors"
)

// writer is one connection that writes, with its prepared statements. The
// store's mutex guards it.
type writer struct {
	db         *sql.DB
	conn       *sql.Conn
	statements map[string]*sql.Stmt
	many       map[manyKey]string
}

// manyKey names an insert of many rows.
type manyKey struct {
	insert string
	rows   int
}

func openWriter(ctx context.Context, path string, pragmas ...string) (*writer, error) {
	db, err := connect(path, 1, pragmas...)
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &writer{db: db, conn: conn, statements: map[string]*sql.Stmt{}, many: map[manyKey]string{}}, nil
}

func (w *writer) close() error {
	var errs []error
	for _, st := range w.statements {
		errs = append(errs, st.Close())
	}
	return errors.Join(append(errs, w.conn.Close(), w.db.Close())...)
}

// transaction runs f and commits, or rolls back where f fails. ctx ends f, and
// never the frame around it: a connection that is left inside a transaction
// would keep every writer out for good.
func (w *writer) transaction(ctx context.Context, f func(*tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	frame := context.WithoutCancel(ctx)
	if _, err := w.conn.ExecContext(frame, "begin immediate"); err != nil {
		return err
	}
	err := f(&tx{ctx: ctx, w: w})
	if err == nil {
		_, err = w.conn.ExecContext(frame, "commit")
	}
	if err != nil {
		_, undo := w.conn.ExecContext(frame, "rollback")
		if rolledBack(err) {
			return err
		}
		return errors.Join(err, undo)
	}
	return nil
}

// tx is a transaction under way. Every statement is prepared once per
// connection, so the text of a query is its name.
type tx struct {
	ctx context.Context
	w   *writer
}

func (t *tx) statement(query string) (*sql.Stmt, error) {
	if st, ok := t.w.statements[query]; ok {
		return st, nil
	}
	st, err := t.w.conn.PrepareContext(t.ctx, query) //nolint:sqlclosecheck // kept until writer.close
	if err != nil {
		return nil, err
	}
	t.w.statements[query] = st
	return st, nil
}

func (t *tx) exec(query string, args ...any) error {
	st, err := t.statement(query) //nolint:sqlclosecheck // kept until writer.close
	if err != nil {
		return err
	}
	_, err = st.ExecContext(t.ctx, args...)
	return err
}

// insert returns the new row's key.
func (t *tx) insert(query string, args ...any) (int64, error) {
	st, err := t.statement(query) //nolint:sqlclosecheck // kept until writer.close
	if err != nil {
		return 0, err
	}
	res, err := st.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return res.LastInsertId()
}

// get scans the one row of a query; found is false where there is none.
func (t *tx) get(query string, args []any, into ...any) (found bool, err error) {
	st, err := t.statement(query) //nolint:sqlclosecheck // kept until writer.close
	if err != nil {
		return false, err
	}
	err = st.QueryRowContext(t.ctx, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// each calls f for every row. f only scans: the connection is busy until the
// last row.
func (t *tx) each(query string, args []any, f func(scan func(...any) error) error) error {
	st, err := t.statement(query) //nolint:sqlclosecheck // kept until writer.close
	if err != nil {
		return err
	}
	rows, err := st.QueryContext(t.ctx, args...)
	if err != nil {
		return err
	}
	return eachRow(rows, f)
}

func eachRow(rows *sql.Rows, f func(scan func(...any) error) error) (err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	var row cells
	scan := func(to ...any) error { return row.scan(rows, to) }
	for rows.Next() {
		if err := f(scan); err != nil {
			return err
		}
	}
	return rows.Err()
}
