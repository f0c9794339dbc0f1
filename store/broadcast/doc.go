// Package broadcast is a message to many: whom a table sends it to, judged row by row,
// and how it is queued, so that a second run repeats nobody. It sends nothing itself
// and opens no file.
package broadcast
