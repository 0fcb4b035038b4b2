package azure_test

import (
	"cmp"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"

	"github.com/glint-data/glint/shared/azure"
	"github.com/glint-data/glint/shared/azure/azuretest"
	"github.com/glint-data/glint/shared/object"
	"github.com/glint-data/glint/shared/object/objecttest"
)

// One emulator serves all tests, each in a container of its own.
var (
	once     sync.Once
	emulator *azuretest.Azurite
	missing  error
	last     atomic.Int32 // container
)

func TestMain(m *testing.M) {
	code := m.Run()
	if emulator != nil {
		emulator.Close()
	}
	os.Exit(code)
}

func azurite(t testing.TB) *azuretest.Azurite {
	t.Helper()
	once.Do(func() { emulator, missing = azuretest.Start(t.Context(), "") })
	azuretest.Need(t, missing)
	return emulator
}

// open gives a store that is quick to give up, over a line that can be spoiled,
// and the prefix of an empty container.
func open(t testing.TB, o azure.Options) (*azure.Store, *azuretest.Line, string) {
	t.Helper()
	a := azurite(t)
	name := fmt.Sprintf("test%d", last.Add(1))
	if err := a.Container(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	line := azuretest.NewLine(t, a.URL)
	o.Account, o.Endpoint, o.Patience = azuretest.Account, line.URL, cmp.Or(o.Patience, 5*time.Second)
	if o.Credential.SAS == "" {
		o.Credential.Key = a.Key
	}
	s, err := azure.New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, line, "abfss://" + name + "@" + azuretest.Account + ".dfs.core.windows.net/"
}

func TestStore(t *testing.T) {
	objecttest.Test(t, func(t *testing.T) (object.Store, string) {
		s, _, prefix := open(t, azure.Options{})
		return s, prefix + "suite/"
	})
}

// TestAccount runs the suite in a container of a real account:
// GLINT_TEST_AZURE_ACCOUNT names it, GLINT_TEST_AZURE_CONTAINER the container, by
// default glint-test, and GLINT_TEST_AZURE_KEY is the account's key.
func TestAccount(t *testing.T) {
	account := os.Getenv("GLINT_TEST_AZURE_ACCOUNT")
	if account == "" {
		t.Skip("GLINT_TEST_AZURE_ACCOUNT is not set: the suite was not run against Azure itself")
	}
	s, err := azure.New(azure.Options{Account: account, Credential: azure.Credential{Key: os.Getenv("GLINT_TEST_AZURE_KEY")}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	root := cmp.Or(os.Getenv("GLINT_TEST_AZURE_CONTAINER"), "glint-test") + "@" + account
	for _, prefix := range []string{"abfss://" + root + ".dfs.core.windows.net/suite/", "wasbs://" + root + ".blob.core.windows.net/suite/"} {
		objecttest.Test(t, func(*testing.T) (object.Store, string) { return s, prefix })
	}
}

// sharedKey is the emulator's, for what a Store does not do.
func sharedKey(t testing.TB) *blob.SharedKeyCredential {
	t.Helper()
	key, err := blob.NewSharedKeyCredential(azuretest.Account, azurite(t).Key)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
