package media

import (
	"bytes"
	"mime"
	"path"
	"strings"
	"unicode/utf8"
)

// Type is what a file's own bytes say it is.
type Type struct {
	// MIME is the type, "application/octet-stream" where the bytes say nothing.
	MIME string
	// Ending is what the kept file's name ends in. Nothing that a program would
	// run, and nothing that a browser would read as a page, has an ending of its
	// own.
	Ending string
}

// Sniffed is how many bytes Sniff looks at.
const Sniffed = 512

const unknownEnding = ".bin"

// types are the kinds of file that networks carry. Whatever else a file may also
// be (a page, an archive, a script) is kept as .bin or .txt.
func types() []Type {
	return []Type{
		{"image/jpeg", ".jpg"},
		{"image/png", ".png"},
		{"image/gif", ".gif"},
		{"image/webp", ".webp"},
		{"application/pdf", ".pdf"},
		{"application/zip", ".zip"},
		{"application/x-ole-storage", ".ole"},
		{"audio/ogg", ".ogg"},
		{"audio/mpeg", ".mp3"},
		{"audio/amr", ".amr"},
		{"audio/aac", ".aac"},
		{"audio/wav", ".wav"},
		{"video/mp4", ".mp4"},
		{"video/3gpp", ".3gp"},
		{"text/plain", ".txt"},
	}
}

func typeOf(mime string) Type {
	for _, t := range types() {
		if t.MIME == mime {
			return t
		}
	}
	return Type{"application/octet-stream", unknownEnding}
}

// Sniff judges the first bytes of a file. A text that holds markup is no plain
// text: a browser would take it for a page.
func Sniff(head []byte) Type {
	head = head[:min(len(head), Sniffed)]
	for _, m := range [...]struct{ sign, mime string }{
		{"\xff\xd8\xff", "image/jpeg"},
		{"\x89PNG\r\n\x1a\n", "image/png"},
		{"GIF87a", "image/gif"},
		{"GIF89a", "image/gif"},
		{"%PDF-", "application/pdf"},
		{"PK\x03\x04", "application/zip"},
		{"PK\x05\x06", "application/zip"},
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"},
		{"OggS", "audio/ogg"},
		{"ID3", "audio/mpeg"},
		{"#!AMR", "audio/amr"},
		{"\xff\xf1", "audio/aac"},
		{"\xff\xf9", "audio/aac"},
		{"\xff\xfb", "audio/mpeg"},
		{"\xff\xf3", "audio/mpeg"},
	} {
		if strings.HasPrefix(string(head), m.sign) {
			return typeOf(m.mime)
		}
	}
	switch {
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WEBP":
		return typeOf("image/webp")
	case len(head) >= 12 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WAVE":
		return typeOf("audio/wav")
	case len(head) >= 12 && string(head[4:8]) == "ftyp" && string(head[8:10]) == "3g":
		return typeOf("video/3gpp")
	case len(head) >= 12 && string(head[4:8]) == "ftyp":
		return typeOf("video/mp4")
	case plainText(head):
		return typeOf("text/plain")
	}
	return typeOf("")
}

func plainText(head []byte) bool {
	if len(head) == 0 || bytes.ContainsAny(head, "<\x00") || bytes.HasPrefix(head, []byte("#!")) {
		return false
	}
	for len(head) > 0 {
		r, size := utf8.DecodeRune(head)
		if r == utf8.RuneError && size == 1 {
			return !utf8.FullRune(head) // a character that the cut went through
		}
		if r == 0x7f || r < 0x20 && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
		head = head[size:]
	}
	return true
}

// family puts together the types of which one may rightly be called another.
func family(m string) string {
	base, _, err := mime.ParseMediaType(m)
	if err != nil {
		base = m
	}
	base = strings.ToLower(strings.TrimSpace(base))
	switch {
	case base == "" || base == "application/octet-stream":
		return ""
	case strings.HasPrefix(base, "application/vnd.openxmlformats"), strings.HasPrefix(base, "application/vnd.oasis"):
		return "application/zip" // what these are, by their bytes
	case base == "application/msword", base == "application/vnd.ms-excel", base == "application/vnd.ms-powerpoint":
		return "application/x-ole-storage"
	case base == "text/csv":
		return "text/plain"
	case base == "audio/mp4", base == "audio/opus":
		return "video/mp4 audio/ogg"
	}
	return base
}

// Agrees reports whether a declared type is one the bytes may be called. A type
// that says nothing agrees with everything.
func (t Type) Agrees(declared string) bool {
	f := family(declared)
	return f == "" || strings.Contains(f, t.MIME)
}

// EndingAgrees reports whether a name's ending goes with the bytes. A name
// without one says nothing.
func (t Type) EndingAgrees(name string) bool {
	ending := strings.ToLower(path.Ext(name))
	if ending == "" {
		return true
	}
	if ending == ".jpeg" {
		ending = ".jpg"
	}
	switch t.Ending {
	case ".zip":
		return strings.Contains(" .zip .docx .xlsx .pptx .odt .ods .odp ", " "+ending+" ")
	case ".ole":
		return strings.Contains(" .doc .xls .ppt ", " "+ending+" ")
	case ".txt":
		return strings.Contains(" .txt .csv .md .log ", " "+ending+" ")
	case ".mp4":
		return strings.Contains(" .mp4 .m4a .m4v .mov ", " "+ending+" ")
	case ".ogg":
		return strings.Contains(" .ogg .oga .opus ", " "+ending+" ")
	}
	return ending == t.Ending
}

// MIMEOf is the type under which a file is sent that is called name: what its
// bytes are or, where many kinds of file begin alike, the one its ending says.
func (t Type) MIMEOf(name string) string {
	const office = "application/vnd.openxmlformats-officedocument."
	narrower := map[string]string{
		".docx": office + "wordprocessingml.document", ".xlsx": office + "spreadsheetml.sheet", ".pptx": office + "presentationml.presentation",
		".doc": "application/msword", ".xls": "application/vnd.ms-excel", ".ppt": "application/vnd.ms-powerpoint",
		".m4a": "audio/mp4",
	}[strings.ToLower(path.Ext(name))]
	if narrower != "" && t.Agrees(narrower) {
		return narrower
	}
	return t.MIME
}
