package webhookrelay_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"frontdesk/provider"
	"frontdesk/provider/cloudapi"
	"frontdesk/webhookrelay"
	"frontdesk/webhookrelay/client"
	"frontdesk/webhookrelay/event"
)

const (
	benchSecret = "app secret"
	benchNumber = "106540352242922"
	benchWABA   = "102290129340398"
	benchConns  = 64
)

// metaBody is one text message as Meta posts it.
func metaBody(n int64) []byte {
	return fmt.Appendf(nil, `{"object":"whatsapp_business_account","entry":[{"id":"%s","changes":[{"value":{"messaging_product":"whatsapp",`+
		`"metadata":{"display_phone_number":"15550783881","phone_number_id":"%s"},"contacts":[{"profile":{"name":"Sheena Nelson"},"wa_id":"1650555%04d"}],`+
		`"messages":[{"from":"1650555%04d","id":"wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQ%012d","timestamp":"1790000000","text":{"body":"Does it come in another color? I would need two of them by Friday."},"type":"text"}]},`+
		`"field":"messages"}]}]}`, benchWABA, benchNumber, n%1000, n%1000, n)
}

func metaSign(body []byte) string {
	mac := hmac.New(sha256.New, []byte(benchSecret))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}

func metaHook(b *testing.B) provider.Webhook {
	b.Helper()
	w, err := cloudapi.NewWebhook(cloudapi.HookConfig{AppSecret: provider.Hide(benchSecret), VerifyToken: provider.Hide("v")})
	if err != nil {
		b.Fatal(err)
	}
	return w
}

// serve serves a handler on loopback and returns its URL.
func serve(b *testing.B, h http.Handler) string {
	b.Helper()
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	server := webhookrelay.NewServer(h, slog.New(slog.DiscardHandler))
	go server.Serve(l)
	b.Cleanup(func() { server.Close() })
	return "http://" + l.Addr().String()
}

func benchRelay(b *testing.B, delay time.Duration) (*webhookrelay.Relay, string) {
	b.Helper()
	relay, err := webhookrelay.Open(context.Background(), webhookrelay.Options{
		Path:  filepath.Join(b.TempDir(), "relay.db"),
		Hooks: []webhookrelay.Hook{{ID: "meta", Driver: "cloudapi", Webhook: metaHook(b)}},
		Accounts: []webhookrelay.Account{{
			Account: provider.Account{ID: "shop", Network: provider.WhatsApp, Driver: "cloudapi"},
			Hook:    "meta", Routes: []provider.Route{benchNumber},
		}},
		CommitDelay: func() { time.Sleep(delay) },
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { relay.Close() })
	return relay, serve(b, relay.Handler()) + "/hooks/meta"
}

func noop(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	w.WriteHeader(http.StatusOK)
}

// yardstick verifies, decodes and appends to a file that is flushed once per
// group before anybody is answered: the least a durable hook can do. It knows
// no duplicates, keeps no body and gives no sequence that could be asked for.
type yardstick struct {
	hook  provider.Webhook
	queue chan yardWrite
}

type yardWrite struct {
	line []byte
	done chan error
}

func newYardstick(b *testing.B, delay time.Duration) *yardstick {
	b.Helper()
	f, err := os.Create(filepath.Join(b.TempDir(), "log"))
	if err != nil {
		b.Fatal(err)
	}
	y := &yardstick{hook: metaHook(b), queue: make(chan yardWrite, 1024)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for first := range y.queue {
			group, lines := []yardWrite{first}, first.line
			for more := true; more && len(group) < 512; {
				select {
				case w, ok := <-y.queue:
					if more = ok; ok {
						group, lines = append(group, w), append(lines, w.line...)
					}
				default:
					more = false
				}
			}
			_, err := f.Write(lines)
			if err == nil {
				err = f.Sync()
			}
			time.Sleep(delay)
			for _, w := range group {
				w.done <- err
			}
		}
	}()
	b.Cleanup(func() { close(y.queue); <-ended; f.Close() })
	return y
}

func (y *yardstick) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4<<20))
	if err != nil || y.hook.Verify(r, body) != nil {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	events, err := y.hook.Decode(body)
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	var line []byte
	for _, e := range events {
		j, _ := json.Marshal(event.Event{Seq: 1, ID: e.ID, Account: "shop", Kind: e.Body.Kind(), Version: 1, At: time.Now(), Body: e.Body})
		line = append(append(line, j...), '\n')
	}
	done := make(chan error, 1)
	y.queue <- yardWrite{line, done}
	if <-done != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
}

// load posts n webhooks over c connections and returns requests per second and
// the latencies, sorted.
func load(b *testing.B, url string, c, n int, next *atomic.Int64) (float64, []time.Duration) {
	b.Helper()
	hc := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: c, MaxConnsPerHost: c}}
	defer hc.CloseIdleConnections()
	bodies := make([][]byte, n)
	signatures := make([]string, n)
	for i := range bodies {
		bodies[i] = metaBody(next.Add(1))
		signatures[i] = metaSign(bodies[i])
	}
	took := make([]time.Duration, n)
	var at atomic.Int64
	var wg sync.WaitGroup
	began := time.Now()
	for range c {
		wg.Go(func() {
			for i := int(at.Add(1)) - 1; i < n; i = int(at.Add(1)) - 1 {
				start := time.Now()
				if status := postSigned(hc, url, bodies[i], signatures[i]); status != http.StatusOK {
					b.Errorf("status %d", status)
					return
				}
				took[i] = time.Since(start)
			}
		})
	}
	wg.Wait()
	rate := float64(n) / time.Since(began).Seconds()
	slices.Sort(took)
	return rate, took
}

func postSigned(hc *http.Client, url string, body []byte, signature string) int {
	req, err := http.NewRequestWithContext(context.Background(), "POST", url, bytes.NewReader(body))
	if err != nil {
		return 0
	}
	req.Header.Set("X-Hub-Signature-256", signature)
	resp, err := hc.Do(req)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	resp.Body.Close()
	return resp.StatusCode
}

func percentile(sorted []time.Duration, p int) float64 {
	return float64(sorted[min(len(sorted)-1, len(sorted)*p/100)].Microseconds()) / 1000
}

// BenchmarkIngest posts signed webhooks at 64 connections to the relay, to the
// yardstick and to a handler that does nothing, in turns, and reports the
// relay as a share of each (medians of the rounds). -benchtime=Nx is the
// number of rounds.
func BenchmarkIngest(b *testing.B) {
	for _, delay := range []time.Duration{0, time.Millisecond, 5 * time.Millisecond} {
		b.Run("flush+"+delay.String(), func(b *testing.B) {
			_, relay := benchRelay(b, delay)
			yard := serve(b, newYardstick(b, delay))
			idle := serve(b, http.HandlerFunc(noop))
			n := 8000
			if delay > 0 {
				n = 3000
			}
			var next atomic.Int64
			load(b, relay, benchConns, 500, &next) // warm
			var rates [3][]float64
			var latencies [3][]time.Duration
			for b.Loop() {
				for i, url := range []string{relay, yard, idle} {
					rate, took := load(b, url, benchConns, n, &next)
					rates[i] = append(rates[i], rate)
					latencies[i] = append(latencies[i], took...)
				}
			}
			for _, l := range latencies {
				slices.Sort(l)
			}
			b.ReportMetric(median(rates[0]), "relay/s")
			b.ReportMetric(median(rates[1]), "yardstick/s")
			b.ReportMetric(median(rates[2]), "noop/s")
			b.ReportMetric(100*median(rates[0])/median(rates[1]), "%of-yardstick")
			b.ReportMetric(100*median(rates[0])/median(rates[2]), "%of-noop")
			b.ReportMetric(percentile(latencies[0], 50), "p50-ms")
			b.ReportMetric(percentile(latencies[0], 99), "p99-ms")
			b.ReportMetric(percentile(latencies[1], 50), "yardstick-p50-ms")
			b.ReportMetric(percentile(latencies[1], 99), "yardstick-p99-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func median(all []float64) float64 {
	all = slices.Clone(all)
	slices.Sort(all)
	return all[len(all)/2]
}

// BenchmarkEndToEnd posts at a steady rate and measures, from the start of
// each POST, when its event was handed to a following client, beside the
// POST's own time.
func BenchmarkEndToEnd(b *testing.B) {
	for _, rate := range []int{100, 1000} {
		b.Run(fmt.Sprintf("%d-per-s", rate), func(b *testing.B) {
			relay, url := benchRelay(b, 0)
			token, err := relay.Tokens().Add(context.Background(), "ana", webhookrelay.RoleAgent)
			if err != nil {
				b.Fatal(err)
			}
			arrived := make(chan arrival, 100_000)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			ended := followBench(ctx, b, url[:len(url)-len("/hooks/meta")], token, arrived)
			var posts, rows []time.Duration
			var next atomic.Int64
			for b.Loop() {
				p, r := paced(b, url, rate, rate, &next, arrived)
				posts, rows = append(posts, p...), append(rows, r...)
			}
			cancel()
			<-ended
			slices.Sort(posts)
			slices.Sort(rows)
			b.ReportMetric(percentile(posts, 50), "post-p50-ms")
			b.ReportMetric(percentile(posts, 99), "post-p99-ms")
			b.ReportMetric(percentile(rows, 50), "client-p50-ms")
			b.ReportMetric(percentile(rows, 99), "client-p99-ms")
			b.ReportMetric(0, "ns/op")
		})
	}
}

type arrival struct {
	id string
	at time.Time
}

func followBench(ctx context.Context, b *testing.B, url, token string, arrived chan<- arrival) <-chan struct{} {
	b.Helper()
	c, err := client.New(client.Options{URL: url, Token: provider.Hide(token)})
	if err != nil {
		b.Fatal(err)
	}
	live, ended := make(chan struct{}), make(chan struct{})
	var cursor event.Seq
	go func() {
		defer close(ended)
		_ = c.Follow(ctx, func() event.Seq { return cursor }, client.Handler{
			Apply: func(_ context.Context, events []event.Event) error {
				now := time.Now()
				for _, e := range events {
					arrived <- arrival{e.ID, now}
				}
				cursor = events[len(events)-1].Seq
				return nil
			},
			Live: func(l bool, _ error) {
				if l {
					close(live)
				}
			},
		})
	}()
	<-live
	return ended
}

func paced(b *testing.B, url string, rate, n int, next *atomic.Int64, arrived <-chan arrival) (posts, rows []time.Duration) {
	b.Helper()
	hc := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer hc.CloseIdleConnections()
	var mu sync.Mutex
	started := map[string]time.Time{}
	ticker := time.NewTicker(time.Second / time.Duration(rate))
	defer ticker.Stop()
	var wg sync.WaitGroup
	for range n {
		<-ticker.C
		k := next.Add(1)
		body := metaBody(k)
		signature := metaSign(body)
		wg.Go(func() {
			start := time.Now()
			mu.Lock()
			started[fmt.Sprintf("m:wamid.HBgLMTY1MDM4Nzk0MzkVAgASGBQzQ%012d", k)] = start
			mu.Unlock()
			if status := postSigned(hc, url, body, signature); status != http.StatusOK {
				b.Errorf("status %d", status)
			}
			took := time.Since(start)
			mu.Lock()
			posts = append(posts, took)
			mu.Unlock()
		})
	}
	wg.Wait()
	for len(rows) < n {
		select {
		case a := <-arrived:
			if start, ok := started[a.id]; ok {
				rows = append(rows, a.at.Sub(start))
			}
		case <-time.After(10 * time.Second):
			b.Fatalf("%d of %d events arrived", len(rows), n)
		}
	}
	return posts, rows
}
