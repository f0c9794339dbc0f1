//go:build !linux && !darwin

package place

import (
	"path/filepath"
	"strings"
)

// remote knows a share that is named as one; a drive letter says nothing.
func remote(dir string) string {
	if strings.HasPrefix(filepath.VolumeName(dir), `\\`) {
		return "a network share"
	}
	return ""
}
