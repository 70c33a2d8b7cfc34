package gatewaytest

import (
	"fmt"
	"strings"
	"time"

	"github.com/anyscan/anyscan/order"
)

// endpoints is the contract of order.EndpointRegistry.
func endpoints() []check {
	return []check{
		{rule: "a new endpoint has a secret and a public key of its own", run: endpointMade},
		{rule: "the same endpoint again under its key is the same answer, for a day", run: endpointAgain},
		{rule: "another endpoint under the same key is idempotency_key_reused, and none is idempotency_key_missing", run: endpointOther},
		{rule: "an endpoint that is not public https is invalid_request", run: endpointNotPublic},
		{rule: "an endpoint for another acquirer's merchant is refused", run: endpointForStranger},
		{rule: "an acquirer has a limited number of endpoints, and a deleted one makes room", run: endpointLimit},
		{rule: "a deleted endpoint is not_found, and its deletion can be repeated under its key", run: endpointDeleted},
		{rule: "endpoints are listed newest first", run: endpointList},
		{rule: "what is an endpoint of another acquirer is not_found for each operation", run: endpointForeign},
		{rule: "a disabled acquirer makes no endpoint: forbidden; those that it has go on", run: endpointOfDisabled},
		{rule: "a rotation gives new keys, and the same ones again under its key", run: endpointRotated},
	}
}

func endpointMade(b *bench) {
	k, other := b.endpoint("a"), b.endpoint("b")
	b.same("the endpoint", k.Endpoint, order.Endpoint{ID: k.Endpoint.ID, Address: "https://merchant.example/a",
		Created: b.clock.Now(), PublicKey: k.Endpoint.PublicKey})
	b.same("the endpoint, asked for", b.isEndpoint(k.Endpoint.ID), k.Endpoint)
	if !strings.HasPrefix(string(k.Secret), "whsec_") || !strings.HasPrefix(k.Endpoint.PublicKey, "whpk_") {
		b.Errorf("the secret or the public key %q has another form", k.Endpoint.PublicKey)
	}
	if k.Secret == other.Secret || k.Endpoint.PublicKey == other.Endpoint.PublicKey || k.Endpoint.ID == other.Endpoint.ID {
		b.Error("two endpoints share an ID, a secret or a key")
	}
}

func endpointAgain(b *bench) {
	k := b.endpoint("a")
	b.clock.advance(23 * time.Hour)
	again := b.endpoint("a")
	b.same("the endpoint", again.Endpoint, k.Endpoint)
	if again.Secret != k.Secret {
		b.Error("the secret differs")
	}
	b.clock.advance(time.Hour)
	if b.endpoint("a").Secret == k.Secret {
		b.Error("the secret is still told a day later")
	}
}

func endpointOther(b *bench) {
	b.endpoint("a")
	_, err := b.at("north").CreateEndpoint(b.Context(), order.EndpointRequest{Address: "https://merchant.example/b", Key: "make a"})
	b.refused("another address", err, order.CodeIdempotencyKeyReused)
	_, err = b.at("north").CreateEndpoint(b.Context(), order.EndpointRequest{Address: "https://merchant.example/b"})
	b.refused("no key", err, order.CodeIdempotencyKeyMissing)
	_, err = b.at("south").CreateEndpoint(b.Context(), order.EndpointRequest{Address: "https://merchant.example/b", Key: "make a"})
	b.refused("another acquirer's key", err, "")
}

func endpointNotPublic(b *bench) {
	for i, address := range []string{"", "http://merchant.example/", "https://127.0.0.1/", "https://[::1]/", "https://localhost/",
		"https://2130706433/", "https://0x7f.1/", "https://merchant/", "https://user@merchant.example/", "https://merchant.example/#a",
		"https://db.internal/", "https://printer.local/", "https://pay.localhost/", "ftp://merchant.example/"} {
		_, err := b.at("north").CreateEndpoint(b.Context(), order.EndpointRequest{Address: address, Key: fmt.Sprint(i)})
		b.refused(address, err, order.CodeInvalid)
	}
	_, err := b.at("north").CreateEndpoint(b.Context(), order.EndpointRequest{Address: "https://merchant.example/", Events: []order.EventType{"order.placed"}, Key: "k"})
	b.refused("an event that is none", err, order.CodeInvalid)
}

func endpointForStranger(b *bench) {
	_, err := b.at("north").CreateEndpoint(b.Context(), order.EndpointRequest{Address: "https://merchant.example/", Merchant: "noodles", Key: "k"})
	b.refused("south's merchant", err, order.CodeRefused)
}

func endpointLimit(b *bench) {
	first := b.endpoint("0")
	var err error
	for i := 1; err == nil && i < 1000; i++ {
		_, err = b.at("north").CreateEndpoint(b.Context(), order.EndpointRequest{Address: "https://merchant.example/", Key: fmt.Sprint(i)})
	}
	b.refused("one too many", err, order.CodeRefused)
	if err := b.at("north").DeleteEndpoint(b.Context(), order.EndpointDeletion{Endpoint: first.Endpoint.ID, Key: "d"}); err != nil {
		b.Fatal(err)
	}
	b.endpoint("another")
}

func endpointDeleted(b *bench) {
	k := b.endpoint("a")
	for range 2 {
		err := b.at("north").DeleteEndpoint(b.Context(), order.EndpointDeletion{Endpoint: k.Endpoint.ID, Key: "d"})
		b.refused("the deletion", err, "")
	}
	_, err := b.at("north").Endpoint(b.Context(), k.Endpoint.ID)
	b.refused("the endpoint", err, order.CodeNotFound)
	err = b.at("north").DeleteEndpoint(b.Context(), order.EndpointDeletion{Endpoint: k.Endpoint.ID, Key: "another"})
	b.refused("another deletion", err, order.CodeNotFound)
	b.paid("k1")
	b.same("what it was told", len(b.hooks.all()), 0)
}

func endpointList(b *bench) {
	var want []order.Endpoint
	for i := range 3 {
		b.clock.advance(time.Second)
		want = append([]order.Endpoint{b.endpoint(fmt.Sprint(i)).Endpoint}, want...)
	}
	page, err := b.at("north").Endpoints(b.Context(), "")
	b.refused("the list", err, "")
	b.same("the list", page, order.EndpointPage{Endpoints: want})
	page, err = b.at("north").Endpoints(b.Context(), want[0].ID)
	b.refused("the list", err, "")
	b.same("those before", page, order.EndpointPage{Endpoints: want[1:]})
	page, err = b.at("south").Endpoints(b.Context(), "")
	b.refused("south's list", err, "")
	b.same("south's list", page, order.EndpointPage{Endpoints: []order.Endpoint{}})
}

func endpointForeign(b *bench) {
	k := b.endpoint("a")
	id, south := k.Endpoint.ID, b.at("south")
	never := order.NewID(b.clock.Now())
	for what, do := range map[string]func(order.ID) error{
		"reading": func(id order.ID) error { _, err := south.Endpoint(b.Context(), id); return err },
		"deleting": func(id order.ID) error {
			return south.DeleteEndpoint(b.Context(), order.EndpointDeletion{Endpoint: id, Key: "d" + string(id)})
		},
		"rotating": func(id order.ID) error {
			_, err := south.RotateSecret(b.Context(), order.SecretRotation{Endpoint: id, Key: "r" + string(id)})
			return err
		},
		"listing deliveries": func(id order.ID) error {
			_, err := south.Deliveries(b.Context(), order.DeliveryQuery{Endpoint: id})
			return err
		},
	} {
		b.refused(what+" north's endpoint", do(id), order.CodeNotFound)
		b.refused(what+" one that never was", do(never), order.CodeNotFound)
	}
	b.same("the endpoint", b.isEndpoint(id), k.Endpoint)
}

func endpointOfDisabled(b *bench) {
	k := b.endpoint("a")
	_, address := b.placed()
	b.changed(disableNorth)
	_, err := b.at("north").CreateEndpoint(b.Context(), order.EndpointRequest{Address: "https://merchant.example/b", Key: "b"})
	b.refused("a new endpoint", err, order.CodeForbidden)
	if b.endpoint("a").Secret != k.Secret {
		b.Error("the same request again is not the same answer")
	}
	b.resume(b.paidAtProvider(address, b.blue, "k1"))
	b.later(0)
	b.same("how often it was told", len(b.hooks.all()), 1)
	_, err = b.at("north").RotateSecret(b.Context(), order.SecretRotation{Endpoint: k.Endpoint.ID, Key: "r"})
	b.refused("a rotation", err, "")
}

func endpointRotated(b *bench) {
	k := b.endpoint("a")
	rotate := func() order.EndpointKeys {
		b.Helper()
		k, err := b.at("north").RotateSecret(b.Context(), order.SecretRotation{Endpoint: k.Endpoint.ID, Key: "r"})
		b.refused("the rotation", err, "")
		return k
	}
	turned := rotate()
	if turned.Secret == k.Secret || turned.Endpoint.PublicKey == k.Endpoint.PublicKey || turned.Endpoint.ID != k.Endpoint.ID {
		b.Error("the keys are the old ones, or those of another endpoint")
	}
	again := rotate()
	b.same("the endpoint", again.Endpoint, turned.Endpoint)
	if again.Secret != turned.Secret {
		b.Error("the secret differs")
	}
	_, err := b.at("north").RotateSecret(b.Context(), order.SecretRotation{Endpoint: k.Endpoint.ID, Until: b.clock.Now().AddDate(0, 0, 8), Key: "far"})
	b.refused("an overlap of 8 days", err, order.CodeInvalid)
}
