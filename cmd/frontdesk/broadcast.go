package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/store/broadcast"
	words "frontdesk/tui/strings"
	"frontdesk/webhookrelay/event"
)

// broadcastRequest is what the command line of `broadcast` asks for.
type broadcastRequest struct {
	template, lang, account, name string
	recipients, number, aside, at string
	columns, vars                 values
	perMinute                     int
	plus, dry, json               bool
	limit                         time.Duration
}

// broadcast is the verb `broadcast`: one template to everybody a table names; its
// words list, show, pause, resume, cancel and results are about those there are.
func (e environment) broadcast(ctx context.Context, args []string) error {
	f := e.flags("broadcast")
	req := broadcastRequest{columns: values{}, vars: values{}}
	dir := f.String("dir", "", "the folder with config.toml and store.db")
	f.StringVar(&req.template, "template", "", "the template's name")
	f.StringVar(&req.lang, "lang", "", "the template's language")
	f.StringVar(&req.recipients, "recipients", "", "a `file` with a table (CSV) whose first row names the columns; one of them has the numbers")
	f.StringVar(&req.number, "number", "", "the column with the numbers, where its name does not tell")
	f.Var(req.columns, "map", "a column that fills a parameter, column=parameter; may be repeated (name=1, code=button0.1)")
	f.Var(req.vars, "var", "a parameter that is the same for everybody, name=value; may be repeated")
	f.BoolVar(&req.plus, "plus", false, "the numbers have their country code, though no plus sign")
	f.StringVar(&req.account, "account", "", "the inbox to send from, where there are several")
	f.StringVar(&req.name, "name", "", "what the team calls it, and what makes it another one; else the file's name")
	f.IntVar(&req.perMinute, "per-minute", 0, "how many may go in a minute; 0 is what the account allows")
	f.StringVar(&req.at, "at", "", "when it begins, in words: \"tomorrow 9am\", \"in 2h\"; else now")
	f.BoolVar(&req.dry, "dry-run", false, "send nothing: list every recipient that would be set aside, and the numbers")
	f.StringVar(&req.aside, "aside", "", "write those who are set aside to this `file` (CSV), which must not exist")
	f.DurationVar(&req.limit, "timeout", time.Minute, "how long to wait for the relay")
	f.BoolVar(&req.json, "json", false, "print JSON")
	format := f.String("format", "csv", "of results, `csv|json`")
	to := f.String("to", "", "of results: write to this `file`, which must not exist; else to the standard output")
	said, err := f.parse(args, 2)
	if err != nil {
		return err
	}
	if len(said) > 0 {
		return e.broadcastVerb(ctx, *dir, said, shown{json: req.json, format: *format, to: *to, limit: req.limit})
	}
	if err := req.check(); err != nil {
		return err
	}
	folder, err := e.folder(*dir)
	if err != nil {
		return err
	}
	return e.broadcastFrom(ctx, folder, req)
}

func (r *broadcastRequest) check() error {
	switch {
	case r.template == "":
		return &usageError{what: "say what: --template NAME", todo: "frontdesk broadcast --help tells the flags"}
	case r.recipients == "":
		return &usageError{what: "say to whom: --recipients FILE.csv", todo: "its first row names the columns"}
	case r.perMinute < 0 || r.perMinute > 6000:
		return &usageError{what: "--per-minute goes from 1 to 6000", todo: "leave it out for what the account allows"}
	}
	return nil
}

// broadcastFrom judges the recipients, has the team send to those that are good, and
// tells how far it has come.
func (e environment) broadcastFrom(ctx context.Context, folder string, req broadcastRequest) error {
	d, err := e.openDesk(ctx, folder)
	if err != nil {
		return err
	}
	defer d.Close()
	start, err := d.dueAt(req.at)
	if err != nil {
		return err
	}
	if d.holder && !req.dry {
		behind, err := d.catchUp(ctx, req.limit)
		if err != nil {
			return err
		}
		if behind != "" {
			fmt.Fprintln(e.errs, "frontdesk: "+oneLine(errors.New(behind))+"; what was known before is judged by, and it goes when the relay can be reached")
		}
	}
	plan, err := d.planBroadcast(ctx, req)
	if err != nil {
		return err
	}
	if req.aside != "" {
		if err := writeNew(req.aside, d.asideTable(plan)); err != nil {
			return err
		}
	}
	pace := broadcast.Pace{Start: start, PerMinute: req.perMinute}
	if pace.Daily, err = d.dailyLimit(ctx, plan.Account); err != nil {
		return err
	}
	if req.dry {
		return d.tellDryRun(plan, pace, req.json)
	}
	if err := d.mayBroadcast(ctx); err != nil {
		return err
	}
	if len(plan.Recipients) == 0 {
		return &fault{what: "nobody can be sent to: " + d.asideCounts(plan), todo: "--dry-run lists every one with its reason"}
	}
	if start.IsZero() {
		pace.Start = d.now()
	}
	if !req.json {
		fmt.Fprintln(e.out, d.broadcastHead(plan, pace))
	}
	return d.queueBroadcast(ctx, plan, pace, req)
}

// mayBroadcast asks before anything is kept: the relay would refuse the broadcast, and
// its sends would wait for one that is not there.
func (d *desk) mayBroadcast(ctx context.Context) error {
	team, err := d.store.Agents(ctx)
	if err != nil {
		return fmt.Errorf("read the team: %w", err)
	}
	for _, one := range team {
		if one.ID == d.store.Me() && (one.Role == event.RoleAgent || one.Role == event.RoleReadOnly) {
			return &fault{
				what: "not sent: your role, " + string(one.Role) + ", does not send to many at once",
				todo: "a supervisor or an administrator does, or gives you a token of another role",
			}
		}
	}
	return nil
}

// planBroadcast reads the table.
func (d *desk) planBroadcast(ctx context.Context, req broadcastRequest) (*broadcast.Plan, error) {
	account, err := d.account(req.account)
	if err != nil {
		return nil, err
	}
	list, err := d.store.Templates(ctx, account)
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	t, err := pickTemplate(list.Templates, req.template, req.lang)
	if err != nil {
		return nil, err
	}
	if t.Status != provider.Approved || t.Unfillable { // of every row the same would be said
		return nil, notSent(d.words.Trouble.Problem(t.Lint(nil)[0], "", string(t.Status)))
	}
	f, err := openTable(req.recipients)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	name := req.name
	if name == "" {
		name = strings.TrimSuffix(filepath.Base(req.recipients), filepath.Ext(req.recipients))
	}
	m := broadcast.Mapping{Number: req.number, Columns: req.columns, Values: req.vars, Plus: req.plus}
	p, err := broadcast.Read(ctx, name, f, m, d.broadcastJudge(account, t))
	return p, d.tableRefused(err)
}

// broadcastJudge is what decides about an account's recipients.
func (d *desk) broadcastJudge(account provider.AccountID, t *provider.Template) broadcast.Judge {
	return broadcast.Judge{
		Account: account, Template: t, Capabilities: d.capabilitiesOf(provider.ChatKey{Account: account}),
		Find: d.store.FindConversation, Now: d.now,
	}
}

func tableUnreadable(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return &fault{what: "there is no file " + path, todo: "check the name"}
	}
	return &fault{what: "the file " + path + " cannot be read", todo: "check who may read it", err: err}
}

// tableRefused says in plain words why a table is refused.
func (d *desk) tableRefused(err error) error {
	var f *broadcast.FileError
	var m *broadcast.MappingError
	switch {
	case errors.As(err, &f):
		return refusedTable(d.words.Many.File(f))
	case errors.As(err, &m):
		return refusedTable(d.words.Many.Mapping(m))
	}
	return err
}

func refusedTable(said words.Said) error {
	return &fault{what: strings.TrimSuffix(said.Happened, "."), todo: strings.TrimSuffix(said.Do, ".")}
}

// dailyLimit is how many customers the network lets the account begin with in a day;
// 0 for no limit, and where none is known.
func (d *desk) dailyLimit(ctx context.Context, account provider.AccountID) (int, error) {
	health, err := d.store.AccountHealth(ctx)
	if err != nil {
		return 0, fmt.Errorf("read the account's limit: %w", err)
	}
	return max(0, health[account].Limit), nil
}
