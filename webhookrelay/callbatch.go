package webhookrelay

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"frontdesk/provider"
	"frontdesk/webhookrelay/event"
)

const (
	maxBatchBody = 4 << 20
	// batchTimeout bounds a hand-over. It goes on when the terminal hangs up: what came
	// of it is told to the team.
	batchTimeout = time.Minute
)

// batch hands a batch over to an account's network: once, whoever asks. The team has it
// before the network is asked, in the commit in which every recipient's own word is
// heard, and what came of it afterwards.
func (r *Relay) batch(w http.ResponseWriter, req *http.Request, token Token, account Account, c provider.Call) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(req.Context()), batchTimeout)
	defer cancel()
	said := event.BeginBatch(account.ID, c.Batch, r.now().UTC())
	no, err := r.claimBatch(ctx, token, account, c.Batch, said)
	switch {
	case err != nil:
		refuse(w, req, r.logger, err)
		return
	case no != nil:
		answer(w, http.StatusUnprocessableEntity, map[string]*provider.Error{"error": no})
		return
	}
	a, err := provider.Make(ctx, account.Provider, c, r.now)
	said = said.Answered(a.Batch, provider.AsError(string(c.What), err))
	if err := r.tellBatch(ctx, token, c.Batch.ID, said); err != nil {
		r.logger.Error("note a batch", "account", account.ID, "error", err) // it stays begun, which says that nobody knows
	}
	if said.Error != nil {
		answer(w, http.StatusUnprocessableEntity, map[string]*provider.Error{"error": said.Error})
		return
	}
	answer(w, http.StatusOK, a)
}

// claimBatch makes the attempt this request's, unless somebody in the batch wants no
// message, or the attempt was made.
func (r *Relay) claimBatch(ctx context.Context, token Token, account Account, b *provider.Batch, said event.Batch) (no *provider.Error, err error) {
	begins, err := batchEntry(token, b.ID, said)
	if err != nil {
		return nil, err
	}
	results, err := r.log.append(ctx, write{decide: func(ctx context.Context, t *logTx) ([]entry, error) {
		unwelcome := 0
		for _, m := range b.Messages {
			e, err := r.gateway.unwanted(ctx, t, provider.ChatKey{Account: account.ID, Chat: m.To}, provider.TextContent(m.Text))
			if err != nil {
				return nil, err
			}
			if e != nil {
				unwelcome++
			}
		}
		if no = nil; unwelcome > 0 {
			no = &provider.Error{
				Op: string(provider.CallBatch), Reason: provider.OptedOut, Code: "batch_unwanted",
				Text: fmt.Sprintf("%d of the recipients want no message, or were blocked, since this terminal last heard. Nothing was sent; try again when it has.", unwelcome),
			}
			return nil, nil
		}
		return []entry{begins}, nil
	}})
	if err == nil && no == nil && results[0].Duplicate {
		no = &provider.Error{
			Op: string(provider.CallBatch), Reason: provider.Duplicate, Code: "batch_known",
			Text: "This batch was handed over already. Look at it: frontdesk batch show " + b.ID + ".",
		}
	}
	return no, err
}

func (r *Relay) tellBatch(ctx context.Context, token Token, id string, said event.Batch) error {
	made, err := batchEntry(token, id, said)
	if err == nil {
		_, err = r.log.append(ctx, write{entries: []entry{made}})
	}
	return err
}

func batchEntry(token Token, id string, said event.Batch) (entry, error) {
	logID, set, err := said.Fact(id)
	if err != nil {
		return entry{}, err
	}
	made, err := fact(logID, "", "", token.Name, set)
	if err == nil && made.size() > maxEvent {
		err = errTooLarge
	}
	return made, err
}

// checkBatch judges the form of a batch.
func checkBatch(c *provider.Call) error {
	b := c.Batch
	switch {
	case b == nil || c.Chat.Chat != "" || b.ID == "" || len(b.ID) > maxID-40 || b.Attempt < 1 || b.Name == "":
		return badRequest("The body holds no batch. Update frontdesk.")
	case len(b.Messages) == 0 || len(b.Messages) > provider.MaxBatch:
		return badRequest(fmt.Sprintf("A batch goes to 1 to %d people. Make several.", provider.MaxBatch))
	}
	return nil
}
