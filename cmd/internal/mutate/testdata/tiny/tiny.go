// Package tiny has mutants of every fate, for the test of what judges them.
package tiny

// Adult is asked about both sides of its boundary.
func Adult(age int) bool { return age >= 18 }

// Tall is never asked about its boundary.
func Tall(cm int) bool { return cm > 190 }

// Forgotten is asked about by nobody.
func Forgotten(a, b int) int { return a * b }

// Last panics where its difference becomes a sum.
func Last(of []string) string { return of[len(of)-1] }

// Countdown does not come to an end if it counts up.
func Countdown(n int) (steps int) {
	for n != 0 {
		n--
		steps++
	}
	return steps
}

// Leaves ends the program in a way no test does, unless it is even.
func Leaves(n int, exit func(int)) {
	if n%2 != 0 {
		exit(3)
	}
}

// Chance is asked about by a test that fails with it the first time only.
func Chance(a, b bool) bool { return a && b }

// Next is asked by a test that does not end without it, and by one that fails.
func Next(n int) int { return n + 1 }
