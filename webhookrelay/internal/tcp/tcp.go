// Package tcp asks of a connection what Go does not: relay and terminal want the
// same of theirs. It knows nothing of what is said on it.
package tcp
