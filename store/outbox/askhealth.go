package outbox

import (
	"context"
	"fmt"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/client"
)

// healthEvery is how often accounts are asked how they stand.
const healthEvery = 30 * time.Minute

// health tells the team how the account stands, when that is another than is known.
func (i *inquiry) health(reader provider.HealthReader) func(context.Context, *asker) answer {
	return func(ctx context.Context, k *asker) answer {
		a := answer{asker: k}
		var h provider.Health
		failure := provider.Ask(ctx, "health", func(ctx context.Context) (err error) {
			h, err = reader.ReadHealth(ctx)
			return err
		})
		now := i.Now()
		h.News = "" // the relay knows how they come
		said, ok := provider.HealthRead(h, failure, now)
		if !ok {
			a.err = failure
			return a
		}
		news, err := i.Store.IsHealthNews(ctx, k.account, said)
		if err == nil && news {
			id := fmt.Sprintf("asked:health:%s:%d", k.account, now.UnixMilli())
			err = i.tell(ctx, client.Entry{ID: id, Account: k.account, Kind: said.Kind(), Body: said})
		}
		a.err = err
		return a
	}
}
