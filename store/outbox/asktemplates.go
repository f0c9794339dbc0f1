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
		news, err := i.Store.IsTemplatesNews(ctx, k.account, list)
		if err == nil && news {
			id := fmt.Sprintf("asked:templates:%s:%d", k.account, i.Now().UnixMilli())
			body := event.TemplatesListed{Templates: list}
			err = i.tell(ctx, client.Entry{ID: id, Account: k.account, Kind: body.Kind(), Body: body})
		}
		a.err = err
		return a
	}
}
