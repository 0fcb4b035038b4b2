//go:build !windows

package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"
)

// csv is the whole data set from the landing bucket to Parquet in the temporary
// bucket, and what DuckDB by itself takes from file to file.
func (w *world) csv(ctx context.Context) ([]Figure, error) {
	var cast, typed, glint []cost
	for round := range w.o.rounds {
		for _, turn := range []struct {
			name string
			to   *[]cost
			run  func() (cost, error)
		}{
			{"DuckDB, text and TRY_CAST", &cast, func() (cost, error) { return w.raw(ctx, false) }},
			{"DuckDB, typed scan", &typed, func() (cost, error) { return w.raw(ctx, true) }},
			{"Glint", &glint, func() (cost, error) { return w.run(ctx, "whole", "big", "SELECT * FROM big") }},
		} {
			c, err := turn.run()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", turn.name, err)
			}
			say("round %d: %-26s CPU %6.2f s, wall %6.2f s, peak %4.0f MB", round+1, turn.name, cpu(c), wall(c), peak(c))
			*turn.to = append(*turn.to, c)
		}
	}
	title := fmt.Sprintf("%.4g MB of CSV: ", float64(len(w.data))/1e6)
	var figures []Figure
	for _, of := range []struct {
		name  string
		costs []cost
	}{{"DuckDB, text and TRY_CAST", cast}, {"DuckDB, typed scan", typed}, {"Glint", glint}} {
		figures = append(figures,
			Figure{Name: title + of.name + ", CPU", Value: median(of.costs, cpu), Unit: "s"},
			Figure{Name: title + of.name + ", wall", Value: median(of.costs, wall), Unit: "s"},
			Figure{Name: title + of.name + ", peak", Value: median(of.costs, peak), Unit: "MB"})
	}
	figures[len(figures)-1].Bound = 600
	return append(figures,
		Figure{Name: title + "Glint's CPU to text and TRY_CAST", Value: median(glint, cpu) / median(cast, cpu), Unit: "×", Bound: 1.3},
		Figure{Name: title + "Glint's CPU to the typed scan", Value: median(glint, cpu) / median(typed, cpu), Unit: "×"}), nil
}

// limit is LIMIT 10 of the same object: it must not be fetched whole.
func (w *world) limit(ctx context.Context) ([]Figure, error) {
	type result struct {
		cost
		fetched int64
	}
	var all []result
	for round := range max(5, w.o.rounds) {
		w.cloud.Storage.ResetLog()
		c, err := w.run(ctx, fmt.Sprint("limit", round), "big", "SELECT * FROM big LIMIT 10")
		if err != nil {
			return nil, err
		}
		r := result{cost: c}
		for _, q := range w.cloud.Storage.Requests() {
			if q.Media && q.Object == object {
				r.fetched += q.Sent()
			}
		}
		all = append(all, r)
	}
	return []Figure{
		{Name: "LIMIT 10 of it: fetched", Value: median(all, func(r result) float64 { return float64(r.fetched) / 1e6 }), Unit: "MB", Bound: 16},
		{Name: "LIMIT 10 of it: message to answer", Value: median(all, func(r result) float64 { return wall(r.cost) }), Unit: "s"},
		{Name: "LIMIT 10 of it: peak", Value: median(all, func(r result) float64 { return peak(r.cost) }), Unit: "MB"},
	}, nil
}

// start is how long the deployed program takes until it accepts.
func (w *world) start(ctx context.Context) ([]Figure, error) {
	var all []float64
	for range 12 { // the first one warms the page cache
		p, addr, err := w.command(ctx)
		if err != nil {
			return nil, err
		}
		begin := time.Now()
		if err := p.cmd.Start(); err != nil {
			return nil, err
		}
		err = accepts(ctx, addr)
		all = append(all, float64(time.Since(begin).Microseconds())/1000)
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		if err != nil {
			return nil, err
		}
	}
	return []Figure{{Name: "process start to accepting", Value: median(all[1:], func(x float64) float64 { return x }), Unit: "ms", Bound: 300}}, nil
}

// demo is what a person meets first, and what is shipped.
func demo(ctx context.Context, o options, p programs) ([]Figure, error) {
	var all []cost
	for range max(5, o.rounds) {
		dir, err := os.MkdirTemp(o.dir, "demo-")
		if err != nil {
			return nil, err
		}
		cmd := command(ctx, p.glint, "demo", "--dir", dir)
		var out strings.Builder
		cmd.Stdout, cmd.Stderr = &out, &out
		c, err := measured(cmd, func() (int64, error) { return 0, cmd.Wait() })
		_ = os.RemoveAll(dir)
		if err != nil {
			return nil, fmt.Errorf("%w: %s", err, out.String())
		}
		all = append(all, c)
	}
	figures := []Figure{{Name: "glint demo", Value: median(all, wall), Unit: "s"}}
	for _, b := range []struct{ name, path string }{
		{"size: functions", p.function}, {"size: functions, -s -w", p.function + stripped},
		{"size: glint", p.glint}, {"size: glint, -s -w", p.glint + stripped},
	} {
		info, err := os.Stat(b.path)
		if err != nil {
			return nil, err
		}
		figures = append(figures, Figure{Name: b.name, Value: float64(info.Size()) / 1e6, Unit: "MB"})
	}
	return figures, nil
}
