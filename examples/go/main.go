// Command watch shows the price and a liquidation heatmap of a Tidegauge server in the terminal.
//
// The variable TIDEGAUGE_TOKEN has the key of a server that asks for one.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"strconv"
	"syscall"
	"time"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
)

const (
	dialTimeout     = 10 * time.Second
	pingEvery       = 10 * time.Second
	answerWithin    = 5 * time.Second
	usefulAfter     = 10 * time.Second // of data make up for the failures before
	hintMax         = 5 * time.Minute
	messageBytesMax = 4 << 20 // the largest message has 0.7 MB
)

// A feed is one address of the server and what is wanted of it.
type feed struct {
	name   string
	url    string
	wanted any
	show   func(message)
}

// A message of either feed, as far as it is shown here.
type message struct {
	Type      string  `json:"type"`
	Symbol    string  `json:"symbol"`
	Code      string  `json:"code"`
	Message   string  `json:"message"`
	Since     float64 `json:"since"` // unix seconds
	Demo      bool    `json:"demo"`
	Timestamp any     `json:"timestamp"` // seconds or ISO 8601, by feed
	Data      struct {
		Price        *float64 `json:"price"` // nil while it is not known, and with it the interval
		Low          float64  `json:"low"`
		High         float64  `json:"high"`
		Status       string   `json:"status"`
		CurrentPrice float64  `json:"current_price"`
		Levels       []level  `json:"levels"`
	} `json:"data"`
}

type level struct {
	Price float64 `json:"price"`
	Long  float64 `json:"long_density"`
	Short float64 `json:"short_density"`
}

// An ending says why a connection ended and what to do next.
type ending struct {
	why   string
	hint  time.Duration // how long to wait, if the server said so
	final bool          // trying again would end the same way
}

var (
	errSilent = errors.New("no answer to a ping")
	hintForm  = regexp.MustCompile(`reconnect after (\d{1,9}) ms`)
)

func main() {
	server := flag.String("server", "ws://localhost:8000", "`address` of the server")
	symbol := flag.String("symbol", "BTCUSDT", "`symbol` of the heatmap")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	feeds := []feed{
		{"price", *server + "/ws/mempool", map[string]string{"subscribe": "price"}, showPrice},
		{*symbol, *server + "/ws/heatmap", map[string]any{
			"action": "subscribe", "symbols": []string{*symbol}, "update_interval": 5,
		}, new(heatmap).show},
	}
	ended := make(chan error)
	for _, f := range feeds {
		go func() { ended <- f.follow(ctx) }()
	}
	if err := <-ended; ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// follow shows each message, over as many connections as it takes. It returns when ctx is done or
// the server has refused for good.
func (f feed) follow(ctx context.Context) error {
	for failures := 0; ; {
		useful, end := f.connect(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if end.final {
			return fmt.Errorf("%s: %s", f.name, end.why)
		}
		if useful {
			failures = 0
		}
		failures++
		wait := end.hint
		if wait == 0 {
			wait = backoff(failures)
		}
		say(f.name, "stale, %s; trying again in %.1f s", end.why, wait.Seconds())
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// backoff is anywhere from nothing to twice 2, 4, 8, 16, 32 s: clients that were cut off together
// do not come back together.
func backoff(failures int) time.Duration {
	step := time.Second << min(failures, 5)
	return max(250*time.Millisecond, rand.N(2*step))
}

// connect shows what one connection brings, until it ends.
func (f feed) connect(ctx context.Context) (useful bool, _ ending) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	dial, stop := context.WithTimeout(ctx, dialTimeout)
	defer stop()
	conn, response, err := websocket.Dial(dial, f.url, &websocket.DialOptions{
		HTTPHeader:      authorization(),
		CompressionMode: websocket.CompressionContextTakeover,
	})
	if err != nil {
		return false, refused(response, err)
	}
	defer conn.CloseNow()
	conn.SetReadLimit(messageBytesMax)
	if err := wsjson.Write(ctx, conn, f.wanted); err != nil {
		return false, closed(ctx, err)
	}
	go heartbeat(ctx, conn, cancel)
	for start := time.Now(); ; {
		_, text, err := conn.Read(ctx)
		if err != nil {
			return useful, closed(ctx, err)
		}
		useful = time.Since(start) > usefulAfter
		var m message
		if err := json.Unmarshal(text, &m); err != nil {
			say(f.name, "left out, %v", err)
			continue
		}
		f.show(m)
	}
}

// heartbeat tells a silent line from a dead one, and ends the dead one.
func heartbeat(ctx context.Context, conn *websocket.Conn, dead context.CancelCauseFunc) {
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		answer, cancel := context.WithTimeout(ctx, answerWithin)
		err := conn.Ping(answer)
		cancel()
		if err != nil {
			dead(errSilent)
			return
		}
	}
}

func authorization() http.Header {
	token := os.Getenv("TIDEGAUGE_TOKEN")
	if token == "" {
		return nil
	}
	return http.Header{"Authorization": {"Bearer " + token}}
}

// refused reads the answer to a handshake that failed; there may be none.
func refused(response *http.Response, err error) ending {
	if response == nil || response.StatusCode == http.StatusSwitchingProtocols {
		return ending{why: err.Error()}
	}
	end := ending{why: "refused with HTTP " + response.Status}
	switch response.StatusCode {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		end.final = true
	}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil {
		end.hint = min(time.Duration(seconds)*time.Second, hintMax)
	}
	return end
}

// closed reads why an open connection ended.
func closed(ctx context.Context, err error) ending {
	var frame websocket.CloseError
	if !errors.As(err, &frame) {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return ending{why: err.Error()}
	}
	end := ending{why: fmt.Sprintf("closed with %d %s", frame.Code, frame.Reason)}
	end.final = frame.Code >= 4500 && frame.Code <= 4999
	if hint := hintForm.FindStringSubmatch(frame.Reason); hint != nil {
		ms, _ := strconv.Atoi(hint[1]) // nine digits at most
		end.hint = min(time.Duration(ms)*time.Millisecond, hintMax)
	}
	return end
}

func showPrice(m message) {
	if m.Type != "price_update" {
		return
	}
	if m.Data.Price == nil {
		say("price", "%s%s", m.Data.Status, demo(m))
		return
	}
	// `stale` is the server's word for having lost its own source: the price is the last one.
	say("price", "$%.2f ($%.2f to $%.2f), %s%s",
		*m.Data.Price, m.Data.Low, m.Data.High, m.Data.Status, demo(m))
}

// A heatmap remembers since when the server itself hears nothing: a map from before is the last one.
type heatmap struct {
	lostSec float64 // unix
}

func (h *heatmap) show(m message) {
	if m.Type == "error" || m.Type == "warning" {
		say("heatmap", "%s", m.Message)
	}
	if m.Code == "SOURCE_STALE" {
		h.lostSec = m.Since
	}
	if m.Type != "snapshot" {
		return
	}
	status := "stale"
	iso, _ := m.Timestamp.(string)
	at, err := time.Parse(time.RFC3339, iso)
	if err == nil && float64(at.UnixMilli())/1000 > h.lostSec {
		status = "live"
	}
	var longs, shorts float64
	for _, l := range m.Data.Levels {
		if math.Abs(l.Price/m.Data.CurrentPrice-1) < 0.02 {
			longs += l.Long
			shorts += l.Short
		}
	}
	say(m.Symbol, "$%.2f at %v, within 2 %% longs of $%.0f, shorts of $%.0f, %s%s",
		m.Data.CurrentPrice, m.Timestamp, longs, shorts, status, demo(m))
}

func demo(m message) string {
	if m.Demo {
		return " DEMO"
	}
	return ""
}

func say(name, format string, values ...any) {
	fmt.Printf("%s %s: %s\n", time.Now().Format(time.TimeOnly), name, fmt.Sprintf(format, values...))
}
