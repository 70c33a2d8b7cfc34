package clearing_test

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/anyscan/anyscan/gateway/clearing"
	"github.com/anyscan/anyscan/order"
)

// A configuration file tells who takes part. In a rotation the old key ends
// some time after the new one begins.
const configuration = `{"acquirers": [{
  "name": "north",
  "keys": {"keys": [
    {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "exp": 1798761600},
    {"kty": "oct", "secret_env": "NORTH_SECRET", "nbf": 1798675200}]},
  "merchants": [{"id": "tea", "name": "Tea House", "domains": ["tea.example"]}],
  "notify": "https://north.example/v1/notifications",
  "return_origins": ["https://tea.example"],
  "limits": {"amounts": {"CNY": 1000000}, "rate": 50, "burst": 100}
}, {
  "name": "south",
  "components": ["blue"],
  "disabled": "the contract is not signed yet"
}]}`

func ExampleParseDirectory() {
	acquirers, err := clearing.ParseDirectory([]byte(configuration))
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range acquirers {
		fmt.Printf("%s %d keys %v %q\n", a.Name, len(a.Keys), a.Limits.Amounts, a.Disabled)
	}
	_, err = clearing.ParseDirectory([]byte(`{"acquirers": [{"name": "west", "merchant": [], "keys": {"keys": [{"kty": "oct", "k": "hunter2"}]}}]}`))
	if e, ok := errors.AsType[*order.Error](err); ok {
		for _, problem := range e.Problems {
			fmt.Println(problem)
		}
	}
	// Output:
	// north 2 keys map[CNY:1000000] ""
	// south 0 keys map[] "the contract is not signed yet"
	// /acquirers/0/keys/keys/0/k is a secret, which does not belong here: replace it, and name it by secret_env
	// /acquirers/0/merchant is not known here
}

// A program reads the file at its start, so that it does not run with one that
// is not valid.
func ExampleReadDirectory() {
	dir, err := os.MkdirTemp("", "clearing")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "acquirers.json")
	if err := os.WriteFile(file, []byte(configuration), 0o600); err != nil {
		log.Fatal(err)
	}

	acquirers, err := clearing.ReadDirectory(file)
	if err != nil {
		log.Fatal(err)
	}
	secret := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("r", 32))) // is random, and in the environment
	directory, err := clearing.NewDirectory(acquirers, &clearing.DirectoryOptions{
		LookupEnv: func(name string) (string, bool) { return secret, name == "NORTH_SECRET" }})
	if err != nil {
		log.Fatal(err)
	}
	north, _ := directory.Acquirer("north")
	fmt.Println(north.Merchants[0].Name, north.Keys[1].Public)
	// Output:
	// Tea House [secret]
}

// lines hands over each line of a log.
type lines chan string

func (l lines) Write(line []byte) (int, error) {
	l <- string(line)
	return len(line), nil
}

// The directory follows its file while the program runs.
func ExampleWatchDirectory() {
	dir, err := os.MkdirTemp("", "clearing")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "acquirers.json")
	if err := os.WriteFile(file, []byte(`{"acquirers": [{"name": "north"}]}`), 0o600); err != nil {
		log.Fatal(err)
	}
	directory, err := clearing.NewDirectory(nil, nil)
	if err != nil {
		log.Fatal(err)
	}

	ctx, stop := context.WithCancel(context.Background())
	news, ended := make(lines), make(chan error)
	go func() {
		ended <- clearing.WatchDirectory(ctx, directory, file, &clearing.WatchOptions{Logger: slog.New(slog.NewTextHandler(news, nil))})
	}()
	fmt.Println(strings.Contains(<-news, "the directory is new"))
	_, known := directory.Acquirer("north")
	fmt.Println(known)
	stop()
	fmt.Println(<-ended)
	// Output:
	// true
	// true
	// <nil>
}
