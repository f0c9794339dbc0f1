// Package store is one terminal's copy of the team's inbox, in SQLite. Apply
// is the only writer of facts; Send, Do, See and SaveDraft are the only writers
// of intent. It opens no connection: package feed brings events in, package
// outbox carries intent out.
package store
