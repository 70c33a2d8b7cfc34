package roles

import "testing"

func TestAddressLeavesOutPort80(t *testing.T) {
	for listen, want := range map[string]string{
		"127.0.0.1:80":   "http://acquirer.localhost",
		"127.0.0.1:8080": "http://acquirer.localhost:8080",
		"[::1]:8080":     "http://acquirer.localhost:8080",
	} {
		if got := Address("acquirer", listen); got != want {
			t.Errorf("%s: %s, want %s", listen, got, want)
		}
	}
}
