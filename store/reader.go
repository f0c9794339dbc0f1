package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// reader is the connections that read at once. A question is read and planned
// once per connection, which takes longer than to answer it: their texts are
// few and never hold a value.
type reader struct {
	db         *sql.DB
	mu         sync.Mutex
	statements map[string]*sql.Stmt
	// failed is told of what could not be asked.
	failed func(error)
}

func openReader(path string) (*reader, error) {
	db, err := connect(path, readers, "query_only(1)")
	if err != nil {
		return nil, err
	}
	return &reader{db: db, statements: map[string]*sql.Stmt{}, failed: func(error) {}}, nil
}

func (r *reader) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if st, ok := r.statements[query]; ok {
		return st, nil
	}
	st, err := r.db.PrepareContext(ctx, query) //nolint:sqlclosecheck // kept until close
	if err == nil {
		r.statements[query] = st
	}
	return st, err
}

func (r *reader) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	st, err := r.statement(ctx, query) //nolint:sqlclosecheck // kept until close
	if err != nil {
		return nil, err
	}
	rows, err := st.QueryContext(ctx, args...)
	if err != nil {
		r.failed(err)
	}
	return rows, err
}

func (r *reader) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	st, err := r.statement(ctx, query) //nolint:sqlclosecheck // kept until close
	if err != nil {
		// A Row brings its error itself.
		return r.db.QueryRowContext(ctx, query, args...)
	}
	row := st.QueryRowContext(ctx, args...)
	if err := row.Err(); err != nil {
		r.failed(err)
	}
	return row
}

func (r *reader) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	for _, st := range r.statements {
		errs = append(errs, st.Close())
	}
	return errors.Join(append(errs, r.db.Close())...)
}
