//go:build !windows

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"testing/fstest"

	"github.com/glint-data/glint/shared/azure"
	"github.com/glint-data/glint/shared/azure/azuretest"
	store "github.com/glint-data/glint/shared/object"
)

const container = "bench-landing"

// azure is the same data set read from Azurite, whole and LIMIT 10. What it
// costs is the function's alone, as everywhere here.
func (w *world) azure(ctx context.Context) ([]Figure, error) {
	dir, err := os.MkdirTemp(w.o.dir, "azurite-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	on, err := azuretest.Start(ctx, dir)
	if errors.Is(err, azuretest.ErrMissing) {
		say("NOT MEASURED: %v", err)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer on.Close()
	line, stop, err := azuretest.Listen(on.URL)
	if err != nil {
		return nil, err
	}
	defer stop()
	lake, err := w.lake(ctx, on)
	if err != nil {
		return nil, err
	}

	title := fmt.Sprintf("%.4g MB of CSV through Azurite: ", float64(len(w.data))/1e6)
	var whole, limit []cost
	for round := range w.o.rounds {
		c, err := lake.run(ctx, "azure", "big", "SELECT * FROM big")
		if err != nil {
			return nil, err
		}
		say("round %d: %-26s CPU %6.2f s, wall %6.2f s, peak %4.0f MB", round+1, "Glint from Azurite", cpu(c), wall(c), peak(c))
		whole = append(whole, c)
	}
	lake.env["AZURE_STORAGE_EMULATOR_HOST"] = line.URL
	for round := range max(5, w.o.rounds) {
		c, err := lake.run(ctx, fmt.Sprint("azurelimit", round), "big", "SELECT * FROM big LIMIT 10")
		if err != nil {
			return nil, err
		}
		limit = append(limit, c)
	}
	return []Figure{
		{Name: title + "CPU", Value: median(whole, cpu), Unit: "s"},
		{Name: title + "wall", Value: median(whole, wall), Unit: "s"},
		{Name: title + "peak", Value: median(whole, peak), Unit: "MB", Bound: 600},
		{Name: "LIMIT 10 through Azurite: fetched", Value: float64(line.Served("/"+object)) / float64(len(limit)) / 1e6, Unit: "MB", Bound: 16},
		{Name: "LIMIT 10 through Azurite: message to answer", Value: median(limit, wall), Unit: "s"},
	}, nil
}

// lake is the world with its data set in an Azure account.
func (w *world) lake(ctx context.Context, on *azuretest.Azurite) (*world, error) {
	if err := on.Container(ctx, container); err != nil {
		return nil, err
	}
	blobs, err := azure.New(azure.Options{Account: azuretest.Account, Endpoint: on.URL, Credential: azure.Credential{Key: on.Key}})
	if err != nil {
		return nil, err
	}
	defer blobs.Close()
	for name, data := range map[string][]byte{object: w.data, "schemas/big.avsc": avro()} {
		uri := "abfss://" + container + "@" + azuretest.Account + ".dfs.core.windows.net/" + name
		if _, err := blobs.Put(ctx, uri, bytes.NewReader(data), store.Cond{}); err != nil {
			return nil, err
		}
	}
	secret, err := json.Marshal(map[string]string{"azurestorageaccountkey": on.Key})
	if err != nil {
		return nil, err
	}
	lake := *w
	lake.depot = "lake"
	lake.env = map[string]string{"AZURE_STORAGE_EMULATOR_HOST": on.URL, "GLINT_SECRET_LAKE_R": string(secret)}
	return &lake, w.cloud.Upload(ctx, fstest.MapFS{"depots/lake.yaml": {Data: []byte("name: lake\nversion: v2alpha\ntype: depot\ndepot:\n  type: ABFSS\n" +
		"  secrets: [{name: lake-r}]\n  abfss: {account: " + azuretest.Account + ", container: " + container + "}\n")}})
}
