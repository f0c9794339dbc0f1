package strings

import (
	"fmt"

	"frontdesk/webhookrelay/event"
)

// Attaching is the words of files that go with a reply or a canned response.
type Attaching struct {
	Head string
	// The lines, and what stands in them while they are empty.
	File, Another         string
	FileHint, AnotherHint string
	// None says that no file is named; Judged what is done with those that are.
	None   Said
	Judged string
	Hints  []Hint
	// More counts the files for which there is no row.
	More func(n int) string
	// Going is said while they are handed over, GoneF once their messages are kept, NotF
	// why they are not.
	Going, GoneF, NotF string
	// WordsFirst says that the words are a message before the files.
	WordsFirst string
	// TooManyF counts those that were left out; TakenOut and NoneHere answer the command
	// that takes them out.
	TooManyF           string
	TakenOut, NoneHere string
	// NotHere is said in a note, NotLater of a time, Nowhere where none can be sent.
	NotHere, NotLater, Nowhere string
	// The files of a canned response: their line, those that are there, what Backspace
	// does, why there are no more, and what is said while they are handed in.
	Files, FilesHint, FilesKept string
	FilesMost                   Said
	Sharing, NotSharedF         string
	// Names are the files of a canned response behind its text; empty for none.
	Names func(files []event.CannedFile) string
}

func englishAttaching() Attaching {
	return Attaching{
		Head: "Send a file…",
		File: "file", Another: "another",
		FileHint: "its path; drop it here or paste it", AnotherHint: "or none",
		None:   Said{"No file is named.", "Write the path of one."},
		Judged: "They stand above your reply; Enter there sends them, with its words below the first.",
		Hints:  []Hint{{"Enter", "attaches"}, {"Tab", "completes, or next line"}, {"Esc", "back"}},
		More:   func(n int) string { return fmt.Sprintf("and %d more", n) },
		Going:  "The files are on their way to the network; your words stay until they are there.",
		GoneF:  "on its way: %s", NotF: "Nothing was sent: %s",
		WordsFirst: "The words go first, as a message of their own: none of this length go below this file here.",
		TooManyF:   "%d were left out: no more files go with one reply. Send these first.",
		TakenOut:   "took the files out", NoneHere: "There are no files to take out, or they are on their way.",
		NotHere:  "This is a note, and files go with a reply. Ctrl+N turns to it.",
		NotLater: "Files go now and not later: networks fetch them within two days. Take them out, or press Enter.",
		Nowhere:  "No file can be sent from here; take frontdesk send --file.",
		Files:    "files", FilesHint: "the path of one that goes with it; ; between several", FilesKept: "Backspace in the empty line takes the last one out",
		FilesMost: Said{fmt.Sprintf("A canned response goes with at most %d files.", event.MaxCannedFiles), "Leave some out."},
		Sharing:   "handing the files to the relay…", NotSharedF: "Not kept: %s",
		Names: func(files []event.CannedFile) (s string) {
			for _, f := range files {
				s += " + " + f.Name
			}
			return s
		},
	}
}
