package webpayment

import (
	"encoding/base64"
	"testing"

	"github.com/anyscan/anyscan/internal/jwk"
)

// The signature of RFC 8037, appendix A.4, with the key of A.2.
func TestVectorOfRFC8037(t *testing.T) {
	const token = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
	public, err := base64.RawURLEncoding.DecodeString("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")
	if err != nil {
		t.Fatal(err)
	}
	keys := keyring{{public: public}}
	claims, err := keys.verify(token, "")
	if err != nil || string(claims) != "Example of Ed25519 signing" {
		t.Errorf("%q, %v", claims, err)
	}
	if id, err := jwk.ID(keys[0].public); err != nil || id != "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k" {
		t.Errorf("the thumbprint of appendix A.3 is %s, %v", id, err)
	}
}
