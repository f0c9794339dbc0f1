package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay"
)

// hookTimeout bounds the one call that it makes.
const hookTimeout = 30 * time.Second

// hook is the verb `hook set ACCOUNT`: it tells an account's network where to post, for
// this configuration holds the account's credential and the hook's own token. It works
// beside a serving relay and touches no log.
func (e environment) hook(ctx context.Context, args []string) error {
	if len(args) == 0 || args[0] != "set" {
		return &usageError{what: "hook does what?", todo: "webhookrelay hook set ACCOUNT [--url https://…/hooks/ID] --config FILE"}
	}
	flags := flag.NewFlagSet("hook set", flag.ContinueOnError)
	path, url := flags.String("config", "", ""), flags.String("url", "", "")
	words, err := parse(flags, args[1:], 1)
	if err != nil {
		return err
	}
	if len(words) != 1 {
		return &usageError{what: "hook set takes the id of one account", todo: "webhookrelay hook set ACCOUNT --config FILE"}
	}
	c, err := e.loadConfig(*path)
	if err != nil {
		return err
	}
	account, setter, err := c.hookSetter(words[0])
	if err != nil {
		return err
	}
	setup := provider.HookSetup{URL: *url}
	if setup.URL == "" && c.PublicURL != "" {
		setup.URL = strings.TrimRight(c.PublicURL, "/") + "/hooks/" + account.Hook
	}
	if setup.URL == "" {
		return &usageError{what: "it is not known how the network reaches this relay", todo: "set public_url in the configuration, or give --url"}
	}
	if setup.VerifyToken, err = c.verifyToken(account.Hook); err != nil {
		return err
	}
	if failure := provider.Ask(ctx, "set hook", func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, hookTimeout)
		defer cancel()
		return setter.SetHook(ctx, setup)
	}); failure != nil {
		return &fault{what: fmt.Sprintf("the network of %s was not told, or did not take it", account.ID), todo: cmp.Or(failure.Text, "try again")}
	}
	_, err = fmt.Fprintf(e.out, "%s posts to the hook %s from now on\n", account.ID, account.Hook)
	return err
}

// hookSetter finds an account whose network can be told of a hook.
func (c *config) hookSetter(id string) (webhookrelay.Account, provider.HookSetter, error) {
	accounts, err := c.accounts()
	if err != nil {
		return webhookrelay.Account{}, nil, err
	}
	for _, a := range accounts {
		if string(a.ID) != id {
			continue
		}
		setter, can := a.Provider.(provider.HookSetter)
		switch {
		case a.Hook == "":
			return a, nil, &fault{what: fmt.Sprintf("the account %s has no hook", id), todo: `set hook = "ID" in its [[account]]`}
		case a.Provider == nil:
			return a, nil, &fault{what: fmt.Sprintf("this relay holds no credential of %s", id), todo: "set the hook's address in the network's own settings"}
		case !can:
			return a, nil, &fault{what: fmt.Sprintf("the API of %s takes no address of a hook", a.Driver), todo: "set it in the network's own settings"}
		}
		return a, setter, nil
	}
	return webhookrelay.Account{}, nil, &fault{what: fmt.Sprintf("there is no account %q", id), todo: "check the ids in the configuration"}
}

// verifyToken is a hook's own, by which it knows its network.
func (c *config) verifyToken(hook string) (provider.Secret, error) {
	for _, raw := range c.Hooks {
		own, settings, err := c.table(raw, "id", "driver")
		if err != nil {
			return provider.Secret{}, err
		}
		if own["id"] == hook {
			return provider.Hide(settings["verify_token"]), nil
		}
	}
	return provider.Secret{}, errors.New("the hook is not in the configuration; add its [[hook]]")
}
