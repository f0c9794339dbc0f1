package whatsapp

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/internal/exact"
)

// AccountUpdate is the value of the fields about the account itself, all of them
// in one: what is not there is empty.
type AccountUpdate struct {
	Event    string `json:"event,omitempty"`
	Decision string `json:"decision,omitempty"`
	// Display is the number it is about, as people read it.
	Display string `json:"display_phone_number,omitempty"`
	// MaxConversations is how many people may be begun with in a day: "TIER_2K", or
	// a number. CurrentLimit is what it was called for a number.
	MaxConversations ID `json:"max_daily_conversations_per_business,omitempty"`
	CurrentLimit     ID `json:"current_limit,omitempty"`

	Violation *struct {
		Type string `json:"violation_type"`
	} `json:"violation_info,omitempty"`
	Restrictions []struct {
		Type string `json:"restriction_type"`
	} `json:"restriction_info,omitempty"`
	Ban *struct {
		State string `json:"waba_ban_state"`
	} `json:"ban_info,omitempty"`
	WABA *struct {
		ID ID `json:"waba_id"`
	} `json:"waba_info,omitempty"`

	Alert *struct {
		Severity string `json:"alert_severity"`
		Type     string `json:"alert_type"`
	} `json:"alert_info,omitempty"`
}

// account reads what is said of the account itself. Most of it names no number,
// and comes to all of the business: then nothing is said that is true of one
// alone.
func (d *decoder) account(s source, v exact.Value) {
	var u AccountUpdate
	if exact.Spoilt(v.Read(&u)) {
		d.unreadable(s, v)
		return
	}
	h, known := healthOf(s.field, &u)
	if !known {
		d.strange(s, s.hash(v.Raw()), named(v), v)
		return
	}
	h.At = instant(s.time)
	d.add(aboutOf(s.route, &u), s.hash(v.Raw()), "", h)
}

// aboutOf is whose account it is: events of partners come under the id of a
// business portfolio and name the account within.
func aboutOf(route provider.Route, u *AccountUpdate) provider.Route {
	if u.WABA != nil && numeric.MatchString(string(u.WABA.ID)) {
		return BusinessRoute(string(u.WABA.ID))
	}
	return route
}

func instant(seconds string) time.Time {
	var at Stamp
	_ = at.UnmarshalJSON([]byte(seconds)) // what is none is the zero time
	return at.Time
}

func healthOf(field string, u *AccountUpdate) (provider.Health, bool) {
	switch field {
	case FieldAccountUpdate:
		return accountHealth(u)
	case FieldAccountAlerts:
		return alertHealth(u)
	case FieldAccountReview:
		return reviewHealth(u)
	case FieldCapability:
		return limitHealth(u)
	case FieldPhoneQuality:
		return qualityHealth(u)
	case FieldPhoneName:
		return nameHealth(u)
	case FieldSecurity:
		return securityHealth(u)
	}
	return provider.Health{}, false
}

// accountHealth knows the events that decide whether anything can be sent; the
// others (prices, countries, terms, apps of other partners) are kept as they came.
func accountHealth(u *AccountUpdate) (provider.Health, bool) {
	switch u.Event {
	case "ACCOUNT_DELETED":
		return provider.Health{Status: "deleted", Text: "The WhatsApp Business account was deleted. An administrator must connect another one."}, true
	case "ACCOUNT_VIOLATION":
		return provider.Health{Text: "WhatsApp says that its policy was broken" + told(violation(u)) + ". An administrator finds the case in WhatsApp Manager."}, true
	case "ACCOUNT_RESTRICTION":
		return provider.Health{Status: "restricted", Text: "WhatsApp has restricted this account" + told(restrictions(u)) + ". An administrator finds the reason in WhatsApp Manager."}, true
	case "DISABLED_UPDATE":
		return banHealth(u)
	case "PARTNER_REMOVED", "ACCOUNT_OFFBOARDED":
		return provider.Health{Status: "disconnected", Text: "This account was disconnected from the app that frontdesk uses. An administrator must connect it again."}, true
	case "ACCOUNT_RECONNECTED":
		return provider.Health{Status: "connected", Text: "This account is connected again. Nothing needs to be done."}, true
	}
	return provider.Health{}, false
}

func banHealth(u *AccountUpdate) (provider.Health, bool) {
	if u.Ban == nil {
		return provider.Health{}, false
	}
	switch u.Ban.State {
	case "DISABLE":
		return provider.Health{Status: "banned", Text: "WhatsApp has banned this account. An administrator may appeal in WhatsApp Manager."}, true
	case "SCHEDULE_FOR_DISABLE":
		return provider.Health{Status: "ban scheduled", Text: "WhatsApp is going to ban this account. An administrator must appeal in WhatsApp Manager."}, true
	case "REINSTATE":
		return provider.Health{Status: "connected", Text: "WhatsApp has lifted the ban of this account. Nothing needs to be done."}, true
	}
	return provider.Health{}, false
}

func alertHealth(u *AccountUpdate) (provider.Health, bool) {
	if u.Alert == nil || u.Alert.Type == "" {
		return provider.Health{}, false
	}
	return provider.Health{Text: "WhatsApp has an alert for this business or one of its numbers" + told(plain(u.Alert.Severity), plain(u.Alert.Type)) + ". An administrator finds it in WhatsApp Manager."}, true
}

func reviewHealth(u *AccountUpdate) (provider.Health, bool) {
	if plain(u.Decision) == "" {
		return provider.Health{}, false
	}
	return provider.Health{Text: "WhatsApp has reviewed this account" + told(plain(u.Decision)) + ". An administrator finds more in WhatsApp Manager."}, true
}

func limitHealth(u *AccountUpdate) (provider.Health, bool) {
	limit := tier(string(u.MaxConversations))
	return provider.Health{Limit: limit}, limit != 0
}

// qualityHealth names the number: the others of the business hear it too.
func qualityHealth(u *AccountUpdate) (provider.Health, bool) {
	if plain(u.Event) == "" {
		return provider.Health{}, false
	}
	h := provider.Health{Limit: tier(first(string(u.MaxConversations), string(u.CurrentLimit)))}
	number := "One of your numbers"
	if n := bare(u.Display); n != "" && len(n) <= maxNumber {
		number = "The number +" + n
	}
	switch u.Event {
	case "FLAGGED":
		h.Text = number + " was marked by WhatsApp for low quality. Write to fewer people, and only what they expect."
	case "UNFLAGGED":
		h.Text = number + " is no longer marked for low quality. Nothing needs to be done."
	case "THROUGHPUT_UPGRADE":
		h.Text = number + " may send faster now. Nothing needs to be done."
	default:
		h.Text = number + " has other limits at WhatsApp now" + told(plain(u.Event)) + ". An administrator finds them in WhatsApp Manager."
	}
	return h, true
}

func nameHealth(u *AccountUpdate) (provider.Health, bool) {
	if plain(u.Decision) == "" {
		return provider.Health{}, false
	}
	return provider.Health{Text: "WhatsApp has decided on the display name of a number" + told(plain(u.Decision)) + ". An administrator finds more in WhatsApp Manager."}, true
}

func securityHealth(u *AccountUpdate) (provider.Health, bool) {
	if plain(u.Event) == "" {
		return provider.Health{}, false
	}
	return provider.Health{Text: "The PIN of a number was changed or asked for" + told(plain(u.Event)) + ". If nobody of you did that, an administrator must look into it now."}, true
}

// tier reads how many people may be begun with in a day: a tier's name or a
// number. 0 is what says nothing, -1 no limit.
func tier(word string) int {
	word = strings.TrimPrefix(word, "TIER_")
	if word == "UNLIMITED" {
		return -1
	}
	number, thousands := strings.CutSuffix(word, "K")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n > 1_000_000_000 {
		return 0
	}
	if thousands {
		n *= 1000
	}
	return n
}

// constant is how Meta writes what is one of a list: nothing else of it is shown.
var constant = regexp.MustCompile(`^[A-Z][A-Z0-9_]{1,63}$`)

// plain is a constant in plain words; empty for anything else.
func plain(word string) string {
	if !constant.MatchString(word) {
		return ""
	}
	return strings.ToLower(strings.ReplaceAll(word, "_", " "))
}

// told puts what is known behind a sentence.
func told(words ...string) string {
	var known []string
	for _, w := range words {
		if w != "" {
			known = append(known, w)
		}
	}
	if len(known) == 0 {
		return ""
	}
	return " (" + strings.Join(known, ", ") + ")"
}

func violation(u *AccountUpdate) string {
	if u.Violation == nil {
		return ""
	}
	return plain(u.Violation.Type)
}

func restrictions(u *AccountUpdate) string {
	var all []string
	for _, r := range u.Restrictions {
		if w := plain(r.Type); w != "" && len(all) < 5 {
			all = append(all, w)
		}
	}
	return strings.Join(all, ", ")
}
