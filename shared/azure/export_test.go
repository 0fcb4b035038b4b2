package azure

import "encoding/base64"

// GoogleToken is for tests.
var GoogleToken = googleToken

// Base64URL is how a token's parts are written.
var Base64URL = base64.RawURLEncoding.EncodeToString
