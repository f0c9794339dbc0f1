package tui

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"frontdesk/tui/tuitest/hostile"
)

// checkedBy names, for each code in the corpus that speaks of what this program
// shows, keeps or opens, the tests that check it.
var checkedBy = map[string]string{
	"no_control_bytes_out": "TestHostileCorpus", "row_width_exact": "TestHostileCorpus", "title_clean": "TestHostileCorpus",
	"no_terminal_reply": "TestHostileCorpus", "clipboard_unchanged": "TestHostileCorpus", "no_osc8_from_payload": "TestHostileCorpus",
	"gutter_intact": "TestHostileCorpus", "nonblank_row": "TestHostileCorpus", "shown_literal": "TestHostileCorpus",
	"no_tag_chars_out": "TestHostileCorpus", "no_bidi_override_out": "TestHostileCorpus", "bidi_balanced": "TestHostileCorpus",
	"cross_message_safe": "TestHostileCorpus", "single_line": "TestNamesAreOneShortLine", "width_capped": "TestNamesAreOneShortLine",
	"marks_capped": "TestHostileRowCost", "render_le_16ms": "TestHostileRowCost", "returns_le_100ms": "TestHostileRowCost",
	"height_capped": "TestHostileRowCost", "idempotent": "TestHostileCorpus", "stored_verbatim": "TestHostileTextIsStoredVerbatim",
	"no_command_from_inbound": "TestHostileTextIsStoredVerbatim", "no_silent_truncate": "TestHostileTextIsStoredVerbatim",
	"event_kept": "TestHostileTimestamps", "order_by_seq": "TestHostileTimestamps",
	"no_crash": "TestSearchCorpus", "normalised_or_kept": "TestHostilePhones",
	"label_clean": "TestFileNamesOfTheCorpus", "inside_media_root": "TestCorpusNamesStayInTheVault", "mode_0600": "TestCorpusNamesStayInTheVault",
	"type_sniffed": "TestTypeIsSniffed", "hash_checked": "TestMediaWholeOrAbsent", "atomic_file": "TestMediaWholeOrAbsent",
	"no_partial_file": "TestMediaWholeOrAbsent", "bounded_disk": "TestSizeIsCapped", "bounded_mem": "TestNoDecoderIsLinked",
	"bounded_cpu": "TestNoDecoderIsLinked", "not_linked": "TestNoDecoderIsLinked",
	"no_connection": "TestNoConnectionToWhatIsPrivate", "no_connection_private": "TestRebindingIsSeen", "bounded": "TestRedirectsAreBounded",
	"error_shown": "TestNoConnectionToWhatIsPrivate", "shown_clean": "TestLinksOfTheCorpus", "no_shell": "TestLinksOfTheCorpus",
	"confirm_before_open": "TestOpeningALinkAsksFirst", "link_punycode": "TestLinksOfTheCorpus",
	"csv_neutralised": "TestExportCorpus", "json_exact": "TestExportCorpus", "log_one_record": "TestLogIsOneCleanRecord",
	"no_pii_in_log": "TestLogIsOneCleanRecord", "single_pass": "TestTemplateCorpus", "send_blocked": "TestTemplateCorpus",
	"search_nfkc": "TestSearchFindsComposedForms",
}

// elsewhere are codes of the surfaces above whose subject does not exist in the
// program: a reason each.
var elsewhere = map[string]string{
	"exif_stripped": "the program uploads no pictures",
}

// Every code of the surfaces that a person sees is checked by a test that
// exists; an unknown code is a failure, not a thing to skip.
func TestEveryAssertIsChecked(t *testing.T) {
	tests := testNames(t)
	for _, e := range append(hostile.Texts(t), hostile.Entries(t, "media")...) {
		for _, code := range e.Assert {
			by, ok := checkedBy[code]
			if _, not := elsewhere[code]; not {
				continue
			}
			if !ok || !tests[by] {
				t.Errorf("%s asks for %s, which no test checks (%q)", e.ID, code, by)
			}
		}
	}
}

// testNames returns the names of the module's tests.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil //nolint:nilerr // a file that does not parse holds no test that runs
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				names[f.Name.Name] = true
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}
