package theme

// The glyphs of the screen; no others, so that no icon font is needed.
const (
	GlyphUnread    = "●"
	GlyphSent      = "✓"
	GlyphDelivered = "✓✓"
	GlyphFailed    = "✗"
	GlyphUnsure    = "?"
	GlyphWaiting   = "⧗"
	GlyphBar       = "▍"
	GlyphThinBar   = "▏"
	GlyphDivider   = "│"
	GlyphRule      = "─"
	GlyphGauge     = "━"
	GlyphFile      = "▤"
	GlyphDot       = "·"
	GlyphArrow     = "→"
)
