package event

import "time"

// The longest that After looks without work, and in all, in days.
const (
	mostIdle = 366
	mostDays = 10 * 366
)

// After returns the instant at which the team has worked for d since t. Time passes as
// it does and not as the zone's clock shows it: of a night on which that is set back,
// the hour that comes twice counts twice. It is zero where there is no such instant
// within ten years.
func (h *Hours) After(t time.Time, d time.Duration) time.Time {
	year, month, day := t.In(h.zone).Date()
	for n, idle := 0, 0; n < mostDays && idle < mostIdle; n++ {
		idle++
		spans := h.of(time.Date(year, month, day+n, 12, 0, 0, 0, h.zone))
		for at := time.Date(year, month, day+n, 0, 0, 0, 0, h.zone); len(spans) > 0; {
			end, next := h.steady(at, time.Date(year, month, day+n+1, 0, 0, 0, 0, h.zone))
			_, offset := at.Zone()
			midnight := time.Date(year, month, day+n, 0, 0, -offset, 0, time.UTC)
			for _, s := range spans {
				from := latest(at, latest(t, midnight.Add(time.Duration(s.from)*time.Minute)))
				to := midnight.Add(time.Duration(s.to) * time.Minute)
				if to.After(end) {
					to = end
				}
				switch work := to.Sub(from); {
				case work <= 0:
				case d <= work:
					return from.Add(d)
				default:
					d, idle = d-work, 0
				}
			}
			if at = end; !next {
				break
			}
		}
	}
	return time.Time{}
}

// steady is until when the zone's clock runs on from t without being set, and whether
// that is before end.
func (h *Hours) steady(t, end time.Time) (until time.Time, next bool) {
	if _, set := t.ZoneBounds(); !set.IsZero() && set.Before(end) {
		return set, true
	}
	return end, false
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
