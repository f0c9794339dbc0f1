package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/cloudapi"
	"frontdesk/provider/gateway"
	"frontdesk/provider/providertest"
	"frontdesk/provider/simulator"
	"frontdesk/store/feed"
	"frontdesk/store/outbox"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/client"
)

// secretWord is a field that holds a secret, by its name.
var secretWord = regexp.MustCompile(`(?i)(token|secret|password)s?$`)

// notSecret are fields of such a name that hold none.
var notSecret = map[string]string{
	"provider/internal/whatsapp.OpenFlow.Token": "our word, which the customer's form gives back",
	"provider/simulator.reqParameter.Token":     "the same",
	"cmd/frontdesk.demoFile.Token":              "where the token is, as the file says it",
	"provider/hotel.webhookRequest.VerifyToken": "the body of the one call that tells the API our token",
}

// printedBy is which test plants a secret in a struct that holds one, and prints
// it. One that holds a secret and is in no list fails TestSecretsAreHeldAsSuch.
var printedBy = map[string]string{
	"cmd/internal/configfile.Word":   "TestNothingPrintsItsSecret",
	"cmd/frontdesk.accountConfig":    "TestNothingPrintsItsSecret",
	"cmd/frontdesk.backend":          "TestNothingPrintsItsSecret",
	"cmd/frontdesk.config":           "TestNothingPrintsItsSecret",
	"cmd/frontdesk.setup":            "TestNothingPrintsItsSecret",
	"provider/cloudapi.Config":       "TestNothingPrintsItsSecret",
	"provider/cloudapi.HookConfig":   "TestNothingPrintsItsSecret",
	"provider/ambiotec.Config":       "TestNothingPrintsADriversSecret",
	"provider/dialog360.Config":      "TestNothingPrintsADriversSecret",
	"provider/dialog360.HookConfig":  "TestNothingPrintsADriversSecret",
	"provider/hotel.Config":          "TestNothingPrintsADriversSecret",
	"provider/hotel.HookConfig":      "TestNothingPrintsADriversSecret",
	"provider.HookSetup":             "TestNothingPrintsADriversSecret",
	"provider/messenger.Config":      "TestNothingPrintsADriversSecret",
	"provider/messenger.HookConfig":  "TestNothingPrintsADriversSecret",
	"provider/propops.Config":        "TestNothingPrintsADriversSecret",
	"provider/telegram.Config":       "TestNothingPrintsADriversSecret",
	"provider/telegram.HookConfig":   "TestNothingPrintsADriversSecret",
	"provider/twilio.Config":         "TestNothingPrintsADriversSecret",
	"provider/twilio.HookConfig":     "TestNothingPrintsADriversSecret",
	"provider/whautomate.Config":     "TestNothingPrintsADriversSecret",
	"provider/whautomate.HookConfig": "TestNothingPrintsADriversSecret",
	"provider/gateway.Config":        "TestNothingPrintsItsSecret",
	"provider/gateway.Provider":      "TestNothingPrintsItsSecret",
	"provider/internal/rest.Client":  "rest.TestTokenIsNotPrinted",
	"provider/simulator.Options":     "TestNothingPrintsItsSecret",
	"webhookrelay/client.Client":     "TestNothingPrintsItsSecret",
	"webhookrelay/client.Options":    "TestNothingPrintsItsSecret",
}

// Whatever struct has a field for a secret holds it as one, and one test prints
// that struct.
func TestSecretsAreHeldAsSuch(t *testing.T) {
	found := 0
	eachField(t, "../..", func(at, holder, name string, typ ast.Expr) {
		switch text := typeText(typ); {
		case strings.HasSuffix(text, "provider.Secret") || (text == "Secret" && strings.HasPrefix(holder, "provider.")):
			found++
			if printedBy[holder] == "" {
				t.Errorf("%s: %s holds a secret and no test prints it: add it to printedBy", at, holder)
			}
		case secretWord.MatchString(name) && notSecret[holder+"."+name] == "" && (text == "string" || text == "[]byte" || strings.HasPrefix(text, "map[") || text == "[]string"):
			t.Errorf("%s: %s.%s is a %s: hold it as a provider.Secret", at, holder, name, text)
		}
	})
	if found < 12 {
		t.Errorf("only %d secrets were found", found)
	}
}

// eachField calls see with every named field of every struct type of the module.
func eachField(t *testing.T, root string, see func(at, holder, name string, typ ast.Expr)) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			ast.Inspect(spec.Type, func(n ast.Node) bool {
				if field, ok := n.(*ast.Field); ok {
					for _, name := range field.Names {
						see(set.Position(field.Pos()).String(), filepath.ToSlash(rel)+"."+spec.Name.Name, name.Name, field.Type)
					}
				}
				return true
			})
			return true
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func typeText(typ ast.Expr) string {
	switch x := typ.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return typeText(x.X) + "." + x.Sel.Name
	case *ast.StarExpr:
		return "*" + typeText(x.X)
	case *ast.ArrayType:
		return "[]" + typeText(x.Elt)
	case *ast.MapType:
		return "map[" + typeText(x.Key) + "]" + typeText(x.Value)
	}
	return "?"
}

// Nothing that holds a secret gives it away when it is printed, logged or encoded.
// What the relay logs and answers is webhookrelay.TestSecretsStayIn's.
func TestNothingPrintsItsSecret(t *testing.T) {
	secret := provider.Hide(providertest.Secret)
	made := func(v any, err error) any {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	logger := slog.New(slog.DiscardHandler)
	account := provider.Account{ID: "shop", Network: provider.WhatsApp}
	relay := gateway.Config{Relay: "https://relay.example.org", Token: secret}
	meta := cloudapi.Config{PhoneNumberID: "1", WABA: "2", BaseURL: "https://graph.example.org", Version: "v26.0", AccessToken: secret}
	hook := cloudapi.HookConfig{AppSecret: secret, PreviousSecret: secret, VerifyToken: secret}
	opened := client.Options{URL: relay.Relay, Token: secret, Logger: logger}
	world := simulator.Options{Now: time.Now, AppSecret: secret, VerifyToken: secret, Token: secret, Accounts: []simulator.Number{{PhoneNumberID: "1"}}}
	c, err := client.New(opened)
	if err != nil {
		t.Fatal(err)
	}
	sender := made(gateway.New(account, &provider.Capabilities{Send: cloudapi.Capabilities(provider.WhatsApp).Send}, relay, nil)).(*gateway.Provider)
	webhook := made(cloudapi.NewWebhook(hook)).(*cloudapi.Webhook)
	direct := made(cloudapi.New(account, meta, nil)).(*cloudapi.Provider)
	cfg := plantedConfig(t)
	whole := *cfg
	whole.Hooks = cfg.Hooks[:1] // the other one is a mistake that is told when it is used
	hooks, err := whole.hooks(func(string) string { return providertest.Secret })
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{
		relay, &relay, sender, *sender, meta, &meta, direct, *direct, hook, &hook, webhook, *webhook,
		opened, &opened, c, *c, world, &world,
		cfg, *cfg, cfg.Accounts[0], hooks, &desk{cfg: cfg}, &backend{token: secret}, &setup{secrets: map[string]provider.Secret{"file": secret}},
		webhookrelay.Options{
			Hooks:    []webhookrelay.Hook{{Webhook: webhook}},
			Accounts: []webhookrelay.Account{{Account: account, Provider: direct}, {Provider: sender}},
		},
		feed.Options{Client: c},
		outbox.Options{Publish: c},
	} {
		providertest.NoSecret(t, v)
	}
	if token := cfg.Token.Reveal() + cfg.Accounts[0].Settings["access_token"].Reveal(); token != providertest.Secret+providertest.Secret {
		t.Errorf("the configuration was read as %q", token)
	}
	if sent := gatewaySettings("", secret)["token"]; sent != providertest.Secret || cfg.Accounts[0].driverSettings()["access_token"] != sent {
		t.Error("drivers do not get what they need")
	}
}

// plantedConfig is read from a file that names a secret wherever one may stand,
// and where it may not.
func plantedConfig(t *testing.T) *config {
	t.Helper()
	dir := t.TempDir()
	text := strings.Replace(teamConfig, `"https://relay.example.org"`, `"embedded"`, 1) +
		"mode = 'direct'\nphone_number_id = '1'\nwaba_id = '2'\naccess_token = 'env:META'\n" +
		"[[hook]]\nid = 'meta'\ndriver = 'cloudapi'\napp_secret = 'env:META'\nverify_token = 'env:META'\n" +
		"[[hook]]\nid = 'wrong'\ndriver = 'cloudapi'\napp_secret = '" + providertest.Secret + "'\n"
	for name, text := range map[string]string{"config.toml": text, "token": providertest.Secret} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cfg, err := loadConfig(dir, func(string) string { return providertest.Secret })
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}
