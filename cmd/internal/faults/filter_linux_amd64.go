package faults

import (
	"encoding/binary"
	"fmt"
	"syscall"
)

// A program is stopped at the calls that change files, and at no others: the
// kernel picks them by a filter. A program of Go makes a hundred calls for each
// of them, and stopping at every one took more time than all else.

const (
	bpfLoad    = 0x20 // a word of what describes the call
	bpfIfEqual = 0x15
	bpfIfBits  = 0x45
	bpfReturn  = 0x06

	callNumber = 0  // where a call's number is
	thirdArg   = 32 // where its third argument is, the flags of openat

	goOn = 0x7fff0000 // SECCOMP_RET_ALLOW
	stop = 0x7ff00000 // SECCOMP_RET_TRACE
)

const (
	openat     = 257
	noNewPrivs = 38
	setSeccomp = 22
	byFilter   = 2
)

// instruction is one of a filter: where is how many are left out if the
// condition holds, and if it does not.
type instruction struct {
	code     uint16
	yes, not byte
	k        uint32
}

// fileCalls is the filter: the calls that change files, and openat where it may
// make one.
func fileCalls() []instruction {
	var list []uint32
	for n := range numbers {
		if n != openat {
			list = append(list, uint32(n))
		}
	}
	f := []instruction{{bpfLoad, 0, 0, callNumber}}
	for i, n := range list {
		f = append(f, instruction{bpfIfEqual, byte(len(list) - i + 3), 0, n})
	}
	return append(f,
		instruction{bpfIfEqual, 0, 2, openat},
		instruction{bpfLoad, 0, 0, thirdArg},
		instruction{bpfIfBits, 1, 0, syscall.O_CREAT},
		instruction{bpfReturn, 0, 0, goOn},
		instruction{bpfReturn, 0, 0, stop},
	)
}

// filter makes a program that stands at its first instruction choose the calls
// at which it stops. The two calls that do so are made with its own hands: they
// and what they need lie for that time where its first instructions are.
func filter(process int) error {
	var first syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(process, &first); err != nil {
		return err
	}
	at := first.Rip
	code := []byte{0x0f, 0x05, 0, 0, 0, 0, 0, 0} // syscall
	list := fileCalls()
	code = binary.LittleEndian.AppendUint64(code, uint64(len(list)))
	code = binary.LittleEndian.AppendUint64(code, at+24)
	for _, i := range list {
		code = binary.LittleEndian.AppendUint16(code, i.code)
		code = append(code, i.yes, i.not)
		code = binary.LittleEndian.AppendUint32(code, i.k)
	}
	was := make([]byte, len(code))
	if _, err := syscall.PtracePeekText(process, uintptr(at), was); err != nil {
		return err
	}
	if _, err := syscall.PtracePokeText(process, uintptr(at), code); err != nil {
		return err
	}
	for _, args := range [][3]uint64{{noNewPrivs, 1, 0}, {setSeccomp, byFilter, at + 8}} {
		regs := first
		regs.Rax, regs.Orig_rax = syscall.SYS_PRCTL, notOne
		regs.Rdi, regs.Rsi, regs.Rdx, regs.R10, regs.R8 = args[0], args[1], args[2], 0, 0
		if err := step(process, &regs); err != nil {
			return fmt.Errorf("choose the calls to stop at: %w", err)
		}
	}
	if _, err := syscall.PtracePokeText(process, uintptr(at), was); err != nil {
		return err
	}
	return syscall.PtraceSetRegs(process, &first)
}

// step makes the process take the one instruction it stands at, a call.
func step(process int, regs *syscall.PtraceRegs) error {
	if err := syscall.PtraceSetRegs(process, regs); err != nil {
		return err
	}
	if err := syscall.PtraceSingleStep(process); err != nil {
		return err
	}
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(process, &status, 0, nil); err != nil {
		return err
	}
	if err := syscall.PtraceGetRegs(process, regs); err != nil {
		return err
	}
	if answer := int64(regs.Rax); answer < 0 {
		return syscall.Errno(-answer)
	}
	return nil
}
