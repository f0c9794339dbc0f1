# frontdesk: `make run` opens the demo; `make test` needs nothing but Go.

# The linter is a tool, not a dependency: it is built into bin/ at this exact
# version and never enters go.mod.
LINT_VERSION = v2.15.0
LINT         = bin/golangci-lint-$(LINT_VERSION)

GO      ?= go
GOFLAGS ?=
BUILD    = CGO_ENABLED=0 $(GO) build -trimpath -ldflags "-s -w"

.PHONY: run build test check lint race faults tmux torture mutate bench fmt screenshots man clean

run: bin/frontdesk
	bin/frontdesk demo

build:
	$(BUILD) -o bin/frontdesk ./cmd/frontdesk
	$(BUILD) -o bin/webhookrelay ./cmd/webhookrelay

# man writes the manual pages: cp bin/man/*.1 /usr/local/share/man/man1/
man: build
	mkdir -p bin/man
	bin/frontdesk man > bin/man/frontdesk.1
	bin/webhookrelay man > bin/man/webhookrelay.1

.PHONY: bin/frontdesk
bin/frontdesk:
	$(BUILD) -o bin/frontdesk ./cmd/frontdesk

# Many tests wait for processes, so four packages keep two cores busy.
test:
	@command -v strace >/dev/null || echo '*** strace is missing: the power-loss and system-call tests are SKIPPED. Install strace, or read what CI says. ***'
	@command -v tmux >/dev/null || echo '*** tmux is missing: the incremental screen is NOT compared with a full repaint. Install tmux. ***'
	CGO_ENABLED=0 $(GO) test -p 4 -timeout 15m ./...

# check is what must hold before a commit lands: format, vet, lint, race.
check: lint race

lint: $(LINT)
	$(LINT) fmt --diff ./...
	$(GO) vet ./...
	$(LINT) run ./...

# The race detector needs cgo and a C compiler; nothing else here does. Tests
# that watch other processes find no race in this one, and leave it to `faults`.
# SQLite is C turned into Go. What it works on is not in Go's memory, so nothing
# of it can be seen; but each look costs, and took most of the time.
UNSEEN = -gcflags=modernc.org/sqlite/lib=-race=false -gcflags=modernc.org/libc/...=-race=false
race:
	CGO_ENABLED=1 $(GO) test -race $(UNSEEN) -short -p 4 -timeout 20m ./...

# faults is the slice of the fault suite that CI holds: every fault with its
# negative control. It needs strace, and says so where it is missing.
faults:
	CGO_ENABLED=0 $(GO) run ./cmd/internal/torture/run -slice

# tmux compares the incremental screen in tmux with a full repaint, after walks
# at random: make tmux SCREENS=1000
SCREENS ?= 40
tmux:
	CGO_ENABLED=0 $(GO) test ./tui -run InTmux -count=1 -v -tmux $(SCREENS)

# torture is all of it with large counts, and the fuzzers, for half an hour:
# make torture FOR=8h SCALE=10
FOR   ?= 30m
SCALE ?= 1
FUZZ  ?= 20s
torture:
	CGO_ENABLED=0 $(GO) run ./cmd/internal/torture/run -for $(FOR) -scale $(SCALE) -fuzz $(FUZZ)

# bench prints each figure beside a yardstick of the same run: the real screen
# in a pty and the way of a webhook first, then the packages' own benchmarks.
BENCH_SIZES ?= 10000,100000
bench: build
	CGO_ENABLED=0 $(GO) run ./cmd/frontdesk/bench
	CGO_ENABLED=0 $(GO) test -run '^$$' -bench 'Ingest' -benchtime 2s ./webhookrelay
	FRONTDESK_BENCH_CONVERSATIONS=$(BENCH_SIZES) CGO_ENABLED=0 $(GO) test -run '^$$' -bench 'Read|Ingest' -benchtime 1s ./store
	CGO_ENABLED=0 $(GO) test -run '^$$' -bench . -benchtime 1s ./tui

# mutate changes the code where an error would be worst, and counts how many
# mutants the tests notice: make mutate AREAS="log outbox". It takes some ten
# minutes and fails below 80 of 100.
AREAS ?=
mutate:
	CGO_ENABLED=0 $(GO) run ./cmd/internal/mutate $(AREAS)

fmt: $(LINT)
	$(LINT) fmt ./...

# screenshots draws docs/screens from the program's own screens.
screenshots:
	CGO_ENABLED=0 $(GO) test ./cmd/frontdesk -run TestScreenshots -count=1 -screenshots

$(LINT):
	GOBIN=$(CURDIR)/bin/tool GOFLAGS=-mod=mod $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	mv bin/tool/golangci-lint $(LINT)

clean:
	rm -rf bin
