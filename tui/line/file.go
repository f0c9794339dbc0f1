package line

import (
	"strings"
	"unicode"

	"frontdesk/tui/safetext"
)

// programs are the endings of what a system runs, installs or follows when it is
// opened, and of pages and pictures that hold scripts.
const programs = ".exe.scr.com.bat.cmd.pif.msi.msp.ps1.psm1.vbs.vbe.js.jse.wsf.wsh.hta.cpl.jar.lnk.url.scf.reg.inf.dll.sys.gadget.application." +
	"app.dmg.pkg.command.sh.bash.zsh.run.bin.desktop.appimage.deb.rpm.apk.html.htm.xhtml.svg.mht.xll.docm.xlsm.pptm.iso.img.vhd.one.chm."

// endingsOf returns the endings that go with a declared type, or "" for a type
// that says nothing.
func endingsOf(mime string) string {
	base, _, _ := strings.Cut(strings.ToLower(mime), ";")
	switch strings.TrimSpace(base) {
	case "image/jpeg":
		return ".jpg.jpeg.jpe.jfif."
	case "image/png":
		return ".png."
	case "image/webp":
		return ".webp."
	case "image/gif":
		return ".gif."
	case "application/pdf":
		return ".pdf."
	case "video/mp4":
		return ".mp4.m4v.mov."
	case "video/3gpp":
		return ".3gp."
	case "audio/ogg":
		return ".ogg.oga.opus."
	case "audio/mpeg":
		return ".mp3."
	case "audio/mp4":
		return ".m4a.mp4.aac."
	case "text/plain":
		return ".txt.csv.log.md."
	}
	return ""
}

// FileName returns a file's name as it may be shown, and whether its ending is
// one to be careful of: what a program or a script ends in, also where blanks, a
// direction override or a second ending hide it, and one that does not go with
// the declared type. The name is a label; no file is ever called by it.
func FileName(name, mime string) (label safetext.Text, careful string) {
	label = safetext.Name(name)
	ending := ending(name)
	if ending == "" {
		return label, ""
	}
	if strings.Contains(programs, "."+ending+".") || strings.ContainsFunc(name, func(r rune) bool {
		return unicode.Is(unicode.Bidi_Control, r) || r < ' ' || r == 0x7f
	}) {
		return label, "." + ending
	}
	if right := endingsOf(mime); right != "" && !strings.Contains(right, "."+ending+".") {
		return label, "." + ending
	}
	return label, ""
}

// ending is what a system would take a name's ending for: letters and digits
// after the last dot, without what no system counts. Blanks and dots at the very
// end are dropped when a file of that name is made on Windows.
func ending(name string) string {
	name = strings.TrimRightFunc(name, func(r rune) bool { return r == '.' || uncounted(r) })
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return ""
	}
	var b strings.Builder
	for _, r := range strings.ToLower(name[i+1:]) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			b.WriteRune(r)
		case uncounted(r):
		default:
			return b.String()
		}
		if b.Len() > 12 {
			return b.String()
		}
	}
	return b.String()
}

func uncounted(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.IsSpace(r) || unicode.IsControl(r)
}
