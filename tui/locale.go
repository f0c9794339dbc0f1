package tui

import "strings"

// lacksUTF8 names what makes the locale one without UTF-8, as the C library
// looks for it; empty where it has it. Where nothing is set it is C. An empty
// environment is a test's, and Windows has no such names.
func lacksUTF8(env []string) string {
	if variable(env, "TERM") == "" || variable(env, "OS") == "Windows_NT" {
		return ""
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		value := variable(env, name)
		if value == "" {
			continue
		}
		if l := strings.ToLower(value); strings.Contains(l, "utf-8") || strings.Contains(l, "utf8") {
			return ""
		}
		return name + "=" + value
	}
	return "LANG is not set"
}
