//go:build !windows

// Command bench measures Glint against DuckDB itself doing the same work, in the
// same run and in turns, so that its ratios carry over to other machines where
// its seconds do not. It needs no network and leaves nothing but its data, which
// it makes once, always the same, in a temporary folder.
//
//	go run ./scripts/bench               # 1 GB, three rounds, some minutes
//	go run ./scripts/bench -size 100MB -n 9
//	go run ./scripts/bench -only csv,limit -json
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

func main() {
	if os.Getenv(childVariable) != "" {
		exit(child(os.Stdin, os.Stdout))
	}
	var o options
	flag.Int64Var(&o.rows, "rows", 0, "rows of the data set, instead of -size")
	size := flag.String("size", "1GB", "bytes of the data set: 1GB, 100MB, …")
	flag.IntVar(&o.rounds, "n", 3, "rounds")
	flag.StringVar(&o.dir, "dir", filepath.Join(os.TempDir(), "glint-bench"), "folder for data and programs")
	only := flag.String("only", strings.Join(measures, ","), "what to measure")
	flag.BoolVar(&o.order, "order", true, "let raw DuckDB keep the rows' order, as Glint does")
	asJSON := flag.Bool("json", false, "print JSON")
	flag.BoolVar(&o.doubled, "doubled", false, "put doubled quotes into the data, which Spark reads with the option escape")
	flag.Float64Var(&o.scale, "scale", 1, "scale factor of TPC-H")
	flag.BoolVar(&o.verbose, "v", false, "show what the function logs")
	flag.Parse()

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if o.size, err = bytesOf(*size); err != nil {
		exit(err)
	}
	o.only = strings.Split(*only, ",")
	figures, err := bench(ctx, o)
	if err != nil {
		exit(err)
	}
	if *asJSON {
		enc := json.NewEncoder(os.Stdout)
		enc.SetIndent("", "  ")
		exit(enc.Encode(figures))
	}
	exit(table(os.Stdout, figures))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

type options struct {
	rows, size int64
	rounds     int
	dir        string
	only       []string
	order      bool
	doubled    bool
	verbose    bool
	scale      float64
}

// measures are the names that -only takes.
var measures = []string{"csv", "limit", "azure", "start", "trips", "demo", "tpch"}

// A Figure is one line of the table. Bound is what Value must not exceed; 0 is none.
type Figure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit,omitempty"`
	Bound float64 `json:"bound,omitempty"`
}

func bench(ctx context.Context, o options) (figures []Figure, err error) {
	for _, name := range o.only {
		if !slices.Contains(measures, name) {
			return nil, fmt.Errorf("-only %s: want some of %s", name, strings.Join(measures, ","))
		}
	}
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return nil, err
	}
	var programs programs
	if slices.ContainsFunc(o.only, func(s string) bool { return s != "tpch" }) {
		if programs, err = build(ctx, o.dir, slices.Contains(o.only, "demo")); err != nil {
			return nil, err
		}
	}
	var w *world
	if slices.ContainsFunc(o.only, func(s string) bool { return s != "demo" && s != "tpch" }) {
		if w, err = newWorld(ctx, o, programs.function); err != nil {
			return nil, err
		}
		defer w.cloud.Close()
	}
	for _, name := range o.only {
		say("measuring %s", name)
		var more []Figure
		switch name {
		case "csv":
			more, err = w.csv(ctx)
		case "limit":
			more, err = w.limit(ctx)
		case "azure":
			more, err = w.azure(ctx)
		case "start":
			more, err = w.start(ctx)
		case "trips":
			more, err = w.trips(ctx)
		case "demo":
			more, err = demo(ctx, o, programs)
		case "tpch":
			more, err = tpch(ctx, o)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		figures = append(figures, more...)
	}
	return figures, nil
}

func say(format string, args ...any) { fmt.Fprintf(os.Stderr, "· "+format+"\n", args...) }
