// Package hotel drives the hotel guest API, a REST API in front of WhatsApp for
// hotels: it sends to guests, reads conversations back, lists and submits
// templates, and decodes the API's webhooks. It makes one attempt per call and
// keeps no state; retry, pacing and storage belong to its callers.
//
// The API's document is short. What it says is built as it says; what it leaves
// open and this driver had to take for granted is in testdata/rules.md, each rule
// marked documented or assumed.
package hotel

import (
	"fmt"
	"regexp"
	"strings"

	"frontdesk/provider"
	"frontdesk/provider/internal/setting"
)

// Name is the driver's name in configurations.
const Name = "hotel"

// root is before every path of the API.
const root = "/api/v1/whatsapp"

// Config is one hotel's access to the API.
type Config struct {
	// BaseURL is the API's scheme and host; the document names none.
	BaseURL string
	// StaffToken is for everything but the two calls below.
	StaffToken provider.Secret
	// AdminToken is for submitting templates and for registering the webhook;
	// empty where this program may do neither.
	AdminToken provider.Secret
	// StaffMemberID says which member of the staff writes; empty for nobody.
	StaffMemberID string
	// StaffMembers says so of single agents, by provider.Outgoing.Agent.
	StaffMembers map[string]string
}

// ReadConfig reads an account's settings. The error says which key is wrong
// and what to do, and holds no value of a secret.
func ReadConfig(settings map[string]string) (Config, error) {
	v, err := setting.Read(settings, accountKeys(true)...)
	if err != nil {
		return Config{}, err
	}
	c := Config{
		BaseURL: v["base_url"], StaffMemberID: v["staff_member_id"],
		StaffToken: provider.Hide(v["staff_token"]), AdminToken: provider.Hide(v["admin_token"]),
	}
	if c.StaffMembers, err = readMembers(v["staff_members"]); err != nil {
		return Config{}, err
	}
	return c, c.check()
}

// readMembers reads "ana=staff_456, ben=staff_457".
func readMembers(text string) (map[string]string, error) {
	if text == "" {
		return nil, nil
	}
	members := map[string]string{}
	for one := range strings.SplitSeq(text, ",") {
		agent, id, named := strings.Cut(one, "=")
		agent, id = strings.TrimSpace(agent), strings.TrimSpace(id)
		if !named || agent == "" || id == "" || members[agent] != "" {
			return nil, fmt.Errorf("%q does not say whose id is which: write it as ana=staff_456, ben=staff_457, each agent once", "staff_members")
		}
		members[agent] = id
	}
	return members, nil
}

// memberOf is as whom the hotel knows the agent who writes.
func (c Config) memberOf(agent string) string {
	if id := c.StaffMembers[agent]; id != "" {
		return id
	}
	return c.StaffMemberID
}

func accountKeys(token bool) []setting.Key {
	return []setting.Key{
		{Name: "base_url", Required: true},
		{Name: "staff_token", Required: token},
		{Name: "admin_token"},
		{Name: "staff_member_id"},
		{Name: "staff_members"},
	}
}

var member = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,128}$`)

func (c Config) check() error {
	if c.StaffMemberID != "" && !member.MatchString(c.StaffMemberID) {
		return fmt.Errorf("%q is no id: copy it from the hotel's list of staff, as in staff_456", "staff_member_id")
	}
	for _, id := range c.StaffMembers {
		if !member.MatchString(id) {
			return fmt.Errorf("%q holds what is no id: copy them from the hotel's list of staff, as in staff_456", "staff_members")
		}
	}
	return nil
}

// theRoute is how webhooks name their account: they do not, and a hook is one
// hotel's.
const theRoute provider.Route = "hotel"

// Routes returns how webhooks name the account these settings describe. No
// token is needed.
func Routes(settings map[string]string) ([]provider.Route, error) {
	v, err := setting.Read(settings, accountKeys(false)...)
	if err != nil {
		return nil, err
	}
	members, err := readMembers(v["staff_members"])
	if err != nil {
		return nil, err
	}
	if err := (Config{StaffMemberID: v["staff_member_id"], StaffMembers: members}).check(); err != nil {
		return nil, err
	}
	return []provider.Route{theRoute}, nil
}

// HookConfig is what one webhook needs. It holds no API token.
type HookConfig struct {
	// VerifyToken is in the address that the API posts to; see Webhook.Verify.
	VerifyToken provider.Secret
	// PreviousToken is accepted too while the token is being changed.
	PreviousToken provider.Secret
}

// ReadHookConfig reads a hook's settings. An empty token is refused: it would
// let anybody in.
func ReadHookConfig(settings map[string]string) (HookConfig, error) {
	v, err := setting.Read(settings, setting.Key{Name: "verify_token", Required: true}, setting.Key{Name: "previous_verify_token"})
	if err != nil {
		return HookConfig{}, err
	}
	return HookConfig{VerifyToken: provider.Hide(v["verify_token"]), PreviousToken: provider.Hide(v["previous_verify_token"])}, nil
}
