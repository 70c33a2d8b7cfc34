package roles

import "testing"

func TestAddressLeavesOutTheSchemesPort(t *testing.T) {
	for listen, want := range map[[2]string]string{
		{"http", "127.0.0.1:80"}:   "http://acquirer.localhost",
		{"http", "127.0.0.1:8080"}: "http://acquirer.localhost:8080",
		{"http", "[::1]:8080"}:     "http://acquirer.localhost:8080",
		{"https", "127.0.0.1:443"}: "https://acquirer.localhost",
		{"https", "127.0.0.1:80"}:  "https://acquirer.localhost:80",
		{"http", "127.0.0.1:443"}:  "http://acquirer.localhost:443",
	} {
		if got := Address(listen[0], "acquirer", listen[1]); got != want || !IsLocal(got) {
			t.Errorf("%s: %s, want %s", listen, got, want)
		}
	}
	for _, public := range []string{"https://acquirer.example", "https://localhost.example", "https://xlocalhost", "acquirer.localhost", "%"} {
		if IsLocal(public) {
			t.Errorf("%s is of this machine", public)
		}
	}
}
