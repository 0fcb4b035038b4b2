package setup

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"

	"github.com/glint-data/glint/shared/azure"
	"github.com/glint-data/glint/shared/depot"
	"github.com/glint-data/glint/shared/fault"
	"github.com/glint-data/glint/shared/object"
)

// account is the store of an ABFSS or WASBS depot, with DataOS's keys in its
// secret and three of ours: azurestoragesastoken, azuretenantid, azureclientid.
// Depots with one account and credential share a client.
func (a *App) account(_ context.Context, spec map[string]string, s depot.Secret) (object.Store, error) {
	if name := s.Reveal("azurestorageaccountname"); name != "" && name != spec["account"] {
		return nil, fault.Errorf(fault.Invalid, "its account is %s, and its secret is of %s", spec["account"], name).
			WithHint("correct the depot's account, or the secret's azurestorageaccountname")
	}
	o := azure.Options{Account: spec["account"], Suffix: spec["endpointSuffix"], Endpoint: a.Config.AzureEndpoint, Credential: azure.Credential{
		Key: s.Reveal("azurestorageaccountkey"), SAS: s.Reveal("azurestoragesastoken"),
		Tenant: s.Reveal("azuretenantid"), Client: s.Reveal("azureclientid"),
	}}
	if c := &o.Credential; c.Key == "" && c.SAS == "" { // a depot may say who asks when its secret gives nothing to ask with
		c.Tenant, c.Client = cmp.Or(c.Tenant, spec["tenantId"]), cmp.Or(c.Client, spec["clientId"])
	}
	c := o.Credential
	id := sha256.Sum256(fmt.Appendf(nil, "%q", []string{o.Account, o.Suffix, c.Key, c.SAS, c.Tenant, c.Client}))
	if known, ok := a.accounts.Load(id); ok {
		return known.(*azure.Store), nil
	}
	store, err := azure.New(o)
	if err != nil {
		return nil, err
	}
	known, _ := a.accounts.LoadOrStore(id, store)
	return known.(*azure.Store), nil
}
