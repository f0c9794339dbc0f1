package event

import "time"

// LeaseName is the one setting of SettingWorker.
const LeaseName = "lease"

// Lease says which terminal does for the team what the rules say, until when. It keeps
// two from doing the same work; that the work is done once does not depend on it.
type Lease struct {
	Terminal string    `json:"terminal"`
	Until    time.Time `json:"until"`
	// Ran is when its holder last looked for work.
	Ran time.Time `json:"ran,omitzero"`
}
