package simulator

import (
	"container/heap"
	"time"
)

// item is one thing that is due at an instant. run is called with mu held and
// returns what must be posted.
type item struct {
	at    time.Time
	order uint64 // of being planned: breaks ties
	run   func(now time.Time) []post
	// again is a webhook to repeat as it was; run is nil then.
	again *delivery
}

// queue is a heap of items, the earliest first.
type queue struct {
	items []item
	count uint64
}

func (q *queue) Len() int { return len(q.items) }

func (q *queue) Less(i, j int) bool {
	a, b := &q.items[i], &q.items[j]
	if a.at.Equal(b.at) {
		return a.order < b.order
	}
	return a.at.Before(b.at)
}

func (q *queue) Swap(i, j int) { q.items[i], q.items[j] = q.items[j], q.items[i] }

// Push is heap.Interface's.
func (q *queue) Push(x any) { q.items = append(q.items, x.(item)) }

// Pop is heap.Interface's.
func (q *queue) Pop() any {
	last := len(q.items) - 1
	it := q.items[last]
	q.items[last] = item{}
	q.items = q.items[:last]
	return it
}

// plan puts something into the future. Callers hold mu.
func (s *Sim) plan(at time.Time, run func(now time.Time) []post) {
	s.planItem(item{at: at, run: run})
}

func (s *Sim) planItem(it item) {
	s.queue.count++
	it.order = s.queue.count
	heap.Push(&s.queue, it)
}

// takeDue removes the earliest item that is due at now.
func (s *Sim) takeDue(now time.Time) (item, bool) {
	if len(s.queue.items) == 0 || s.queue.items[0].at.After(now) {
		return item{}, false
	}
	return heap.Pop(&s.queue).(item), true
}

// NextDue returns when the next thing happens.
func (s *Sim) NextDue() (time.Time, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue.items) == 0 {
		return time.Time{}, false
	}
	return s.queue.items[0].at, true
}
