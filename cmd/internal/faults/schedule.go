package faults

import "math/rand/v2"

// Schedule runs the steps of several actors one at a time, in an order drawn
// from a seed: the same seed and the same actors give the same order.
type Schedule struct {
	random *rand.Rand
	actors []actor
	trace  []string
}

type actor struct {
	name   string
	weight int
	step   func(*rand.Rand) bool
}

// NewSchedule returns a schedule without actors.
func NewSchedule(seed uint64) *Schedule {
	return &Schedule{random: rand.New(rand.NewPCG(seed, 0x5ced))}
}

// Actor adds one whose step is drawn weight times as often as one of weight 1.
// step does one thing, with the schedule's own randomness where it needs any,
// and returns false when this actor has nothing more to do.
func (s *Schedule) Actor(name string, weight int, step func(*rand.Rand) bool) {
	s.actors = append(s.actors, actor{name, max(1, weight), step})
}

// Run takes at most n steps, or goes on until every actor is done where n is
// negative. It returns how many steps were taken.
func (s *Schedule) Run(n int) int {
	taken := 0
	for len(s.actors) > 0 && taken != n {
		i := s.draw()
		a := s.actors[i]
		s.trace = append(s.trace, a.name)
		taken++
		if !a.step(s.random) {
			s.actors = append(s.actors[:i], s.actors[i+1:]...)
		}
	}
	return taken
}

// Trace is the names of the actors in the order of their steps so far.
func (s *Schedule) Trace() []string { return s.trace }

func (s *Schedule) draw() int {
	sum := 0
	for _, a := range s.actors {
		sum += a.weight
	}
	at := s.random.IntN(sum)
	for i, a := range s.actors {
		if at -= a.weight; at < 0 {
			return i
		}
	}
	panic("the weights do not add up")
}
