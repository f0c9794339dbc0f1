package faults

import (
	"bytes"
	"strconv"
)

// Exchange is one request that a traced server read and answered.
type Exchange struct {
	Request []byte
	Status  int
	// Answered is the step at which the answer began to leave: whatever it
	// promises must hold from there on.
	Answered int
}

// Exchanges are the requests that a traced server answered, in the order of its
// answers. It must have been traced with TalkCalls.
func Exchanges(steps []Step) []Exchange {
	var list []Exchange
	heard := map[string][]byte{} // by connection
	for i, s := range steps {
		c := s.Call
		if len(c.Texts) == 0 || !bytes.HasPrefix([]byte(c.Path), []byte("socket:")) {
			continue
		}
		switch {
		case c.Name == "read" && s.Returns && c.Result > 0:
			heard[c.Path] = append(heard[c.Path], c.Texts[0]...)
		case c.Name == "write" && !s.Returns:
			status, ok := statusOf(c.Texts[0])
			if !ok {
				continue
			}
			list = append(list, Exchange{Request: heard[c.Path], Status: status, Answered: i})
			delete(heard, c.Path)
		}
	}
	return list
}

func statusOf(answer []byte) (int, bool) {
	rest, ok := bytes.CutPrefix(answer, []byte("HTTP/1.1 "))
	if !ok || len(rest) < 3 {
		return 0, false
	}
	status, err := strconv.Atoi(string(rest[:3]))
	return status, err == nil
}
