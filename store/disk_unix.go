//go:build unix

package store

import "syscall"

// errQuota: this user may take no more of the disk.
const errQuota = syscall.EDQUOT
