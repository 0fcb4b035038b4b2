package azure

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/service"
	"golang.org/x/oauth2"
	"google.golang.org/api/idtoken"

	"github.com/glint-data/glint/shared/fault"
)

// A Credential is who asks: exactly one of an account's key, a shared access
// signature, and an application of Entra ID that trusts this service's Google
// account. The last is keyless: nothing in it is a secret.
type Credential struct {
	Key string // one of the account's two keys, in base64
	SAS string // sv=…&sig=…, with or without the leading ?

	Tenant string // directory (tenant) ID
	Client string // application (client) ID
	// Authority is who issues Entra ID's tokens; "" means https://login.microsoftonline.com/.
	Authority string
	// Assertion gives a token of Google's by which the application knows this
	// service; nil asks the metadata server, or the ambient service account's key.
	Assertion func(ctx context.Context) (string, error)
}

// audience is what Entra ID wants a foreign token to be made for.
const audience = "api://AzureADTokenExchange"

// service makes the client of the account at url.
func (c Credential) service(url, account, suffix string, core azcore.ClientOptions) (*service.Client, error) {
	o := &service.ClientOptions{ClientOptions: core}
	federated := c.Tenant != "" || c.Client != ""
	switch {
	case c.Key != "" && c.SAS != "" || c.Key != "" && federated || c.SAS != "" && federated:
		return nil, fault.Errorf(fault.Invalid, "azure: account %s has more than one credential", account).
			WithHint("leave one of: the account's key, a shared access signature, tenant and client ID")
	case c.Key != "":
		shared, err := service.NewSharedKeyCredential(account, strings.TrimSpace(c.Key))
		if err != nil { // its text has the position of a wrong byte, and no other
			return nil, fault.Errorf(fault.Invalid, "azure: the key of account %s is not base64", account).
				WithHint("copy it whole: az storage account keys list --account-name %s", account)
		}
		return made(service.NewClientWithSharedKeyCredential(url, shared, o))
	case c.SAS != "":
		return made(service.NewClientWithNoCredential(url+"?"+strings.TrimPrefix(strings.TrimSpace(c.SAS), "?"), o))
	case federated:
		token, err := c.federated(account, suffix, core)
		if err != nil {
			return nil, err
		}
		return made(service.NewClient(url, token, o))
	}
	return nil, fault.Errorf(fault.Denied, "azure: there is no credential for account %s", account).
		WithHint("name a secret under secrets, with azurestorageaccountkey, azurestoragesastoken, or azuretenantid and azureclientid")
}

func made(c *service.Client, err error) (*service.Client, error) {
	if err != nil {
		return nil, fault.Errorf(fault.Invalid, "azure: the account's address is not a URL") // err would show a signature
	}
	return c, nil
}

func (c Credential) federated(account, suffix string, core azcore.ClientOptions) (azcore.TokenCredential, error) {
	if c.Tenant == "" || c.Client == "" {
		return nil, fault.Errorf(fault.Invalid, "azure: account %s has only one of tenant ID and client ID", account).
			WithHint("give both azuretenantid and azureclientid")
	}
	if suffix != publicCloud && c.Authority == "" {
		return nil, fault.Errorf(fault.Refused, "azure: account %s is in the cloud %s, whose Entra ID is not asked for tokens", account, suffix).
			WithHint("use the account's key or a shared access signature")
	}
	assertion := c.Assertion
	if assertion == nil {
		assertion = googleToken
	}
	o := &azidentity.ClientAssertionCredentialOptions{ClientOptions: azcore.ClientOptions{Transport: core.Transport}}
	if c.Authority != "" {
		o.Cloud = cloud.Configuration{ActiveDirectoryAuthorityHost: c.Authority}
		o.DisableInstanceDiscovery = true
	}
	token, err := azidentity.NewClientAssertionCredential(c.Tenant, c.Client, func(ctx context.Context) (string, error) {
		token, err := assertion(ctx)
		if said, ok := ctx.Value(assertionError{}).(*error); ok {
			*said = err
		}
		return token, err
	}, o)
	if err != nil {
		return nil, fault.Errorf(fault.Invalid, "azure: account %s: %w", account, err)
	}
	return entra{token, account}, nil
}

// An entra is a source of Entra ID's tokens whose errors have a kind.
type entra struct {
	azcore.TokenCredential
	account string
}

// assertionError is the key of a context under which Google's error comes out:
// the client keeps but its text.
type assertionError struct{}

// GetToken gives a token of Entra ID, by one of Google's.
func (e entra) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	var google error
	token, err := e.TokenCredential.GetToken(context.WithValue(ctx, assertionError{}, &google), o)
	var refused *azidentity.AuthenticationFailedError
	switch {
	case err == nil || ctx.Err() != nil:
		return token, err
	case google != nil:
		return token, fmt.Errorf("azure: account %s: %w", e.account, google)
	case errors.As(err, &refused) && refused.RawResponse != nil && refused.RawResponse.StatusCode/100 == 4 && refused.RawResponse.StatusCode != 429:
		return token, fault.Errorf(fault.Denied, "azure: account %s: Entra ID gives no token: %s", e.account, cmp.Or(entraCode.FindString(err.Error()), refused.RawResponse.Status)).
			WithHint("the application needs a federated credential with issuer https://accounts.google.com, audience %s, and as subject the number of the service account: gcloud iam service-accounts describe ACCOUNT --format='value(uniqueId)'", audience)
	}
	return token, fault.Errorf(fault.Transient, "azure: account %s: Entra ID gives no token: %w", e.account, err)
}

var entraCode = regexp.MustCompile(`AADSTS[0-9]+: [^\r\n"\\]*`)

// googleToken is an ID token of the service account that runs this. Entra ID's
// client asks for one only when its own token has to be renewed.
func googleToken(ctx context.Context) (string, error) {
	source, err := idtoken.NewTokenSource(ctx, audience)
	var token *oauth2.Token
	if err == nil {
		token, err = source.Token()
	}
	switch {
	case err == nil:
		return token.AccessToken, nil
	case noAccount.MatchString(err.Error()): // their libraries have no type for it
		return "", fault.Errorf(fault.Denied, "there is no Google service account to ask as: %w", err).
			WithHint("run it on Google Cloud as a service account, or use the account's key or a shared access signature")
	}
	return "", fault.Errorf(fault.Transient, "an ID token from Google: %w", err)
}

var noAccount = regexp.MustCompile(`could not find default credentials|unsupported credentials type|not defined`)
