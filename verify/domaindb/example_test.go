package domaindb_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/anyscan/anyscan/verify"
	"github.com/anyscan/anyscan/verify/domaindb"
)

// The institution builds a file of its rules; a line that is no rule is told.
func ExampleBuild() {
	edition := domaindb.Edition{Version: 7, FreshUntil: noon().AddDate(0, 0, 7)}
	var file bytes.Buffer
	info, err := domaindb.Build(&file, strings.NewReader("pay.example\n=shop.example\n"), edition, testKey(1))
	fmt.Println(info.Names, "names, fresh until", info.FreshUntil.Format("2 Jan"), err)

	_, err = domaindb.Build(&file, strings.NewReader("# ours\npay.example\nco.uk\n"), edition, testKey(1))
	fmt.Println(err)
	// Output:
	// 2 names, fresh until 30 Nov <nil>
	// domaindb: 1 lines are no rules; line 3: "co.uk" is a public suffix that many owners share; name a host or domain below it
}

// A terminal installs the file that it received, and asks it.
func ExampleOpen() {
	dir, err := os.MkdirTemp("", "domains-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	var received bytes.Buffer
	edition := domaindb.Edition{Version: 7, FreshUntil: noon().AddDate(0, 0, 7)}
	if _, err := domaindb.Build(&received, strings.NewReader("pay.example\n"), edition, testKey(1)); err != nil {
		fmt.Println(err)
		return
	}

	keys := []verify.Key{{Public: testKey(1).Public()}}
	database, err := domaindb.Open(filepath.Join(dir, "domains"), keys, &domaindb.Options{Now: noon})
	if err != nil {
		fmt.Println(err)
		return
	}
	policy, err := verify.Any([]verify.Method{database}, &verify.Options{Now: noon})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = policy.Verify(context.Background(), "https://www.pay.example/A")
	fmt.Println(err)

	info, err := database.Install(context.Background(), &received)
	fmt.Println("version", info.Version, err)
	verdict, err := policy.Verify(context.Background(), "https://www.pay.example/A")
	fmt.Println(verdict.Matches[0].Rule, err)
	// Output:
	// verify: "https://www.pay.example/A" is refused: domain: what this device knows is too old to decide by; bring it up to date (stale)
	// version 7 <nil>
	// pay.example <nil>
}

// A file that was built on this machine needs no installation.
func ExampleOpenFile() {
	dir, err := os.MkdirTemp("", "domains-")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "domains")
	built, err := os.Create(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	edition := domaindb.Edition{Version: 1, FreshUntil: noon()}
	if _, err := domaindb.Build(built, strings.NewReader("pay.example\n*.shop.example\n"), edition, testKey(1)); err != nil || built.Close() != nil {
		fmt.Println(err)
		return
	}

	file, err := domaindb.OpenFile(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(file.Rules("pay.example") == verify.RuleDomain, file.Rules("shop.example") == verify.RuleBelow, file.Rules("evil.example") == 0)
	// Output: true true true
}
