package media

import "os"

// share and takeAlone do nothing here: a folder cannot be locked, and a file that
// somebody writes cannot be removed.
func share(*os.File) {}

func takeAlone(*os.File) bool { return true }
