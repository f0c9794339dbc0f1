// Package shapes has operators in every place where one can stand: with all of
// their mutants inside it has to compile, and to mean what it meant.
package shapes

import (
	"strings"
	"time"
)

const (
	limit    = 3 * 4 // a constant stays one
	negative = -1
)

type (
	yes    bool
	metres int
	grid   [2 + 1]int
)

// Total is worked out before anything runs.
var Total = scale(7) + 1 - negative

var wait = 2 * time.Second

func scale(n int) int { return n * limit / 2 }

// Words puts texts together, which is no sum.
func Words(a, b string) string {
	a += b
	return a + b
}

// Lazy may not ask for the second before the first said yes.
func Lazy(p *int) bool {
	return p != nil && *p > 0 ||
		// between the operands
		p == nil && !strings.Contains("a", "b")
}

// Named keeps a type of its own, of which an answer cannot be changed.
func Named(a, b int) yes { return a < b && !yes(a == 0) }

// Walk adds metres, and turns round.
func Walk(m metres, n uint8, f float64) (metres, uint8, float64) {
	m, n, f = m+2*m, n-1, f/2+1.5*2
	m -= 1
	m *= -1
	f = -f
	n++
	return m % 1000, n<<(1+1) | 1<<n*1, f
}

// Waited is a duration, whose package's name a file need not know.
func Waited() time.Duration { return wait + wait/4 + time.Duration(limit-2) - 10*time.Millisecond }

// Loops has statements where an `if` may not stand.
func Loops(in map[string]int, n int) int {
	for i, j := 0, 9; i < j; i++ {
		j -= i
		in["a"]++
		n += j
	}
	if n++; n > 2 {
		n--
	}
	switch n--; {
	case n == 2 || n < -5:
		n = -1
	case n >= limit+1:
		n = [...]int{1 + 1: 9}[len(grid{})-1]
	}
	for range 2 + 1 {
		n++
	}
	return n
}

// Saved finds the panic also where the answer is part of a condition.
func Saved() (saved bool) {
	n := 0
	defer func() {
		saved = recover() != nil && n == 0
		n += len(map[bool]string{recover() == nil: "x"})
	}()
	panic("to be found")
}

// Most takes what can be compared.
func Most[T int | float64 | string](a, b T) T {
	if a > b {
		return a
	}
	return a + b
}

// Each has a function, with an answer of its own, within a condition.
func Each(words []string) bool {
	return len(words) > 0 && func() bool {
		for i := range words {
			if words[i] == "" {
				return i%2 == 0
			}
		}
		return false
	}() == true
}
