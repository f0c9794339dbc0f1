// Package outbox carries intent out of the store: sends to the networks, team
// actions to the relay. It makes one attempt at a time per conversation, never
// repeats what may already have been accepted, and keeps nothing of its own
// that a crash could lose. It decides what becomes of an attempt (policy.go) and
// when the next may leave (dispatch.go), and asks the networks whose tokens it
// holds what became of its sends (ask.go); it writes no facts and shows nothing.
package outbox
