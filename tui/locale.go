package tui

import "strings"

// localeUTF8 reports whether the locale is one with UTF-8, as the C library looks for
// it, and which variable makes it so; none where nothing is set, and it is C. An
// empty environment is a test's, and Windows has no such names.
func localeUTF8(env []string) (by string, ok bool) {
	if variable(env, "TERM") == "" || variable(env, "OS") == "Windows_NT" {
		return "", true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		value := variable(env, name)
		if value == "" {
			continue
		}
		if l := strings.ToLower(value); strings.Contains(l, "utf-8") || strings.Contains(l, "utf8") {
			return name, true
		}
		return name + "=" + value, false
	}
	return "", false
}
