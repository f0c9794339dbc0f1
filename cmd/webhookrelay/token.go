package main

import (
	"context"
	"flag"
	"fmt"
	"text/tabwriter"
	"time"

	"frontdesk/webhookrelay"
)

func (e environment) token(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return &usageError{what: "token does what?", todo: "token add, token list or token revoke"}
	}
	switch verb := args[0]; verb {
	case "add":
		return e.tokenAdd(ctx, args[1:])
	case "list":
		return e.tokenList(ctx, args[1:])
	case "revoke":
		return e.tokenRevoke(ctx, args[1:])
	default:
		return &usageError{what: fmt.Sprintf("there is no verb token %q", verb), todo: "token add, token list or token revoke"}
	}
}

// openTokens works beside a serving relay as well as without one.
func (e environment) openTokens(ctx context.Context, path string) (*webhookrelay.Tokens, error) {
	c, err := e.loadConfig(path)
	if err != nil {
		return nil, err
	}
	tokens, err := webhookrelay.OpenTokens(ctx, c.log())
	if err != nil {
		return nil, openFault(c, err)
	}
	return tokens, nil
}

func (e environment) tokenAdd(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("token add", flag.ContinueOnError)
	path, role := flags.String("config", "", ""), flags.String("role", webhookrelay.RoleAgent, "")
	words, err := parse(flags, args, 1)
	if err != nil {
		return err
	}
	tokens, err := e.openTokens(ctx, *path)
	if err != nil {
		return err
	}
	defer func() { _ = tokens.Close() }()
	token, err := tokens.Add(ctx, words[0], *role)
	if err != nil {
		return &fault{what: "no token was made", todo: "nothing was changed", err: err}
	}
	_, err = fmt.Fprintln(e.out, token)
	return err
}

func (e environment) tokenList(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("token list", flag.ContinueOnError)
	path := flags.String("config", "", "")
	if _, err := parse(flags, args, 0); err != nil {
		return err
	}
	tokens, err := e.openTokens(ctx, *path)
	if err != nil {
		return err
	}
	defer func() { _ = tokens.Close() }()
	list, err := tokens.List(ctx)
	if err != nil {
		return err
	}
	table := tabwriter.NewWriter(e.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tNAME\tROLE\tCREATED\tREVOKED")
	for _, t := range list {
		revoked := "-"
		if !t.Revoked.IsZero() {
			revoked = t.Revoked.Format(time.RFC3339)
		}
		role := string(t.Role)
		if role == "" {
			role = "everything (older than roles)"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", t.ID, t.Name, role, t.Created.Format(time.RFC3339), revoked)
	}
	return table.Flush()
}

func (e environment) tokenRevoke(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("token revoke", flag.ContinueOnError)
	path := flags.String("config", "", "")
	words, err := parse(flags, args, 1)
	if err != nil {
		return err
	}
	tokens, err := e.openTokens(ctx, *path)
	if err != nil {
		return err
	}
	defer func() { _ = tokens.Close() }()
	n, err := tokens.Revoke(ctx, words[0])
	if err != nil {
		return &fault{what: "no token was revoked", todo: "nothing was changed", err: err}
	}
	_, err = fmt.Fprintf(e.out, "%d revoked\n", n)
	return err
}
