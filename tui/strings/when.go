package strings

import (
	"time"

	"frontdesk/internal/when"
)

// notATime says why what was typed is no time.
func notATime(p *when.Problem, now time.Time) Said {
	const examples = "Type it like fri 9am, in 2h or tomorrow 14:30."
	switch p.Reason {
	case when.Past:
		return Said{moment(p.At, now) + " has gone by.", "Type a later time."}
	case when.Far:
		return Said{"That is more than five years away.", "Type an earlier time."}
	case when.NoSuch:
		return Said{"There is no “" + p.Word + "”.", examples}
	case when.Twice:
		return Said{"“" + p.Word + "” is a second time.", "Take one of the two away."}
	case when.Part:
		return Said{"Something is missing after “" + p.Word + "”.", examples}
	case when.Unknown:
		return Said{"“" + p.Word + "” is no time that is known here.", examples}
	case when.Long:
		return Said{"That is too long to be a time.", examples}
	}
	return Said{"No time is typed.", examples}
}
