package main

import (
	"fmt"

	"github.com/google/uuid"

	"frontdesk/provider"
)

// newOp makes an operation's id: time-ordered and never made twice.
func newOp() provider.OpID {
	id, err := uuid.NewV7()
	if err != nil {
		// The system's randomness is gone: an id that might repeat could send a
		// message twice, so there is nothing better than to stop.
		panic(fmt.Sprintf("make an operation id: %v", err))
	}
	return provider.OpID("op_" + id.String())
}
