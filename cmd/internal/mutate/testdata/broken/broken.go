// Package broken has a test that fails as it is: nothing can be said of it.
package broken

// Sum is not what its test thinks.
func Sum(a, b int) int { return a + b }
