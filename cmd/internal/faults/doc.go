// Package faults breaks what programs stand on, for tests that run the real
// ones: it traces their system calls and kills or fails them at a chosen one,
// rebuilds the folder a power cut would have left, builds programs that are
// wrong in one line, and cuts their connections. Only tests may import it; it
// knows nothing of what the programs promise and judges nothing.
package faults
