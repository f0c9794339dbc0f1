package strings

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// freeService is how many service messages of each number and month WhatsApp is
// said to give away since October 2026: Meta's partners quote its page "Pricing for
// non-template messages" so.
const freeService = 1000

func chargeRows(month time.Time, by map[string]int, untold int) AbilityGroup {
	g := AbilityGroup{Title: "Delivered in " + month.Format("January 2006") + " (UTC), as far as receipts told"}
	if len(by) == 0 {
		return g
	}
	for _, as := range slices.Sorted(maps.Keys(by)) {
		says := fmt.Sprint(by[as])
		switch as {
		case "service":
			says += fmt.Sprintf("; the first %d in a month are said to be free", freeService)
		case "referral_conversion":
			says += "; free, after a click on an advertisement"
		}
		g.Rows = append(g.Rows, AbilityRow{chargeWord(as), true, says})
	}
	if untold > 0 {
		g.Rows = append(g.Rows, AbilityRow{"Not told", false, fmt.Sprintf("%d of which no receipt says what they are charged as", untold)})
	}
	return g
}

// chargeWord is what people call what the network charges a message as; the
// network's own word where it is a new one.
func chargeWord(as string) string {
	word, ok := map[string]string{
		"service": "Service", "utility": "Utility", "marketing": "Marketing", "marketing_lite": "Marketing Lite", "authentication": "Authentication",
		"authentication_international": "Authentication abroad", "referral_conversion": "Free entry point",
	}[as]
	if !ok {
		return as
	}
	return word
}
