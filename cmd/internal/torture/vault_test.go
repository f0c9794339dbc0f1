package torture

import (
	"bytes"
	"fmt"
	"math/rand/v2"

	"frontdesk/internal/media"
)

// vaultFolder makes this binary a process that keeps files in a folder: it says
// "kept HASH" for each, once that is promised.
const vaultFolder = "FRONTDESK_TORTURE_VAULT"

const vaultFiles = 12

func vaultContent(n int) []byte {
	b := make([]byte, n*n*1500) // from none to 180 KiB
	random := rand.New(rand.NewPCG(uint64(n), 0))
	for i := range b {
		b[i] = byte(random.Uint32())
	}
	return b
}

func keepFiles(dir string) error {
	v, err := media.Open(dir)
	if err != nil {
		return err
	}
	for n := range vaultFiles {
		kept, err := v.Keep(bytes.NewReader(vaultContent(n)), "", media.MaxSize)
		if err != nil {
			return err
		}
		fmt.Println("kept", kept.SHA256)
	}
	return v.Close()
}
