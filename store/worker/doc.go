// Package worker does for the team what nobody has to be awake for: it sends what
// was scheduled when its time comes, and does what the team's rules say. It decides
// by the log alone and keeps nothing of its own; it may not open a connection. That
// something is done once does not depend on there being one worker: every operation's
// id follows from what asked for it, and the log, or the gateway's table, takes it
// once.
package worker
