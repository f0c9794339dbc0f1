package outbox

import (
	"context"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

// templatesEvery is how often accounts are asked for their templates, as the relay
// asks those of its gateway.
const templatesEvery = 10 * time.Minute

// templates tells the team what an account's templates are, when they are others
// than are known: a terminal that sends directly is the only one that can list them.
// That it looked it keeps for itself.
func (i *inquiry) templates(lister provider.TemplateLister) func(context.Context, *asker) answer {
	return func(ctx context.Context, k *asker) answer {
		a := answer{asker: k}
		var list []provider.Template
		if failure := provider.Ask(ctx, "templates", func(ctx context.Context) (err error) {
			list, err = lister.Templates(ctx)
			return err
		}); failure != nil {
			a.err = failure
			return a
		}
		now := i.Now()
		news, err := i.Store.IsTemplatesNews(ctx, k.account, list)
		if err == nil && news {
			err = TellTemplates(k.account, list, now, func(e client.Entry) error { return i.tell(ctx, e) })
		}
		if err == nil {
			err = i.Store.TemplatesLooked(ctx, map[provider.AccountID]time.Time{k.account: now})
		}
		a.err = err
		return a
	}
}

// TellTemplates publishes an account's list, part by part where it is too long for one
// event: nobody goes by it before the last part is there.
func TellTemplates(id provider.AccountID, list []provider.Template, now time.Time, tell func(client.Entry) error) error {
	name := fmt.Sprintf("asked:templates:%s:%d", id, now.UnixMilli())
	pages, err := event.ListPages(name, list)
	for n := 0; err == nil && n < len(pages); n++ {
		body := pages[n]
		e := client.Entry{ID: name, Account: id, Kind: body.Kind(), Body: body}
		if n > 0 {
			e.ID = fmt.Sprintf("%s:%d", name, n+1)
		}
		err = tell(e)
	}
	return err
}
