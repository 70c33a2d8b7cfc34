package pgtest

import (
	"errors"
	"os/user"
	"strconv"
)

// unprivileged is the user that the server runs as under root.
func unprivileged() (*owner, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err := errors.Join(err1, err2); err != nil {
			return nil, err
		}
		return &owner{user: uid, group: gid}, nil
	}
	return nil, errors.New("there is neither a user postgres nor nobody, and PostgreSQL does not run as root")
}
