package store

import "syscall"

// errQuota is ERROR_DISK_FULL, which Windows says where others say ENOSPC.
const errQuota = syscall.Errno(112)
