package strings

// Attaching is the words of files that are sent from this machine.
type Attaching struct {
	Head string
	// The lines, and what stands in them while they are empty.
	File, More, Caption             string
	FileHint, MoreHint, CaptionHint string
	// None says that no file is named; Judged what is done before anything leaves.
	None   Said
	Judged string
	Hints  []Hint
	// GoingF is said while they are read and handed over, GoneF once their messages
	// are kept, NotF why they are not.
	GoingF, GoneF string
	NotF          string
	// Nowhere is said where files cannot be sent from.
	Nowhere string
}

func englishAttaching() Attaching {
	return Attaching{
		Head: "Send a file…",
		File: "file", More: "another", Caption: "below it",
		FileHint: "its path; drop it here or paste it", MoreHint: "or none", CaptionHint: "words below the first file, or none",
		None:   Said{"No file is named.", "Write the path of one."},
		Judged: "What the inbox does not take is said before anything leaves.",
		Hints:  []Hint{{"Enter", "sends"}, {"Tab", "next line"}, {"Esc", "back"}},
		GoingF: "sending %s…", GoneF: "on its way: %s", NotF: "Nothing was sent: %s",
		Nowhere: "No file can be sent from here; take frontdesk send --file.",
	}
}
