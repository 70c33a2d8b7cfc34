package examples_test

import (
	"bufio"
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/anyscan/anyscan/examples/internal/roles"
)

// desktop is a folder in which the programs of the examples are run as processes,
// each with the same environment.
type desktop struct {
	*testing.T
	dir string
	env []string
}

// newDesktop builds the programs.
func newDesktop(t *testing.T, programs ...string) *desktop {
	t.Helper()
	lookAtSources(t)
	d := &desktop{T: t, dir: t.TempDir(), env: os.Environ()}
	args := []string{"build", "-o", d.dir + string(filepath.Separator)}
	for _, name := range programs {
		args = append(args, "./"+name)
	}
	if out, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return d
}

// lookAtSources opens every folder of the module. What the test has not opened,
// the go command does not know of, and would repeat the result of programs that
// have changed since.
func lookAtSources(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && path != ".." && entry.IsDir() && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules") {
			return filepath.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (d *desktop) file(name string) string { return filepath.Join(d.dir, name) }

func (d *desktop) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, d.file(program), args...)
	cmd.Dir, cmd.Env = d.dir, d.env
	return cmd
}

// run runs a program that ends by itself, with status 0, and gives what it printed.
func (d *desktop) run(program string, args ...string) (out string) {
	d.Helper()
	ctx, cancel := context.WithTimeout(d.Context(), time.Minute)
	defer cancel()
	cmd := d.command(ctx, program, args...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	raw, err := cmd.Output()
	if err != nil {
		d.Fatalf("%s %q: %v\n%s%s", program, args, err, raw, stderr.String())
	}
	return string(raw)
}

// server is a program that serves until it is told to stop.
type server struct {
	*desktop
	name string
	cmd  *exec.Cmd
	says map[string]string // what it announced, by the first word
	log  *transcript
}

// serve starts a server and reads what it announces, in so many lines.
func (d *desktop) serve(program string, lines int, args ...string) *server {
	d.Helper()
	s := &server{d, program, d.command(context.WithoutCancel(d.Context()), program, args...), map[string]string{}, newTranscript()}
	s.cmd.Stderr = s.log
	stdout, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		d.Fatal(err)
	}
	d.Cleanup(func() { s.cmd.Process.Kill() }) // of a test that has failed
	for out := bufio.NewScanner(stdout); len(s.says) < lines; {
		if !out.Scan() {
			d.Fatalf("%s announces %v, %v:\n%s", program, s.says, s.cmd.Wait(), s.log)
		}
		what, where, _ := strings.Cut(out.Text(), " ")
		s.says[what] = strings.TrimSpace(where)
	}
	return s
}

// logs waits until the server's log has the text.
func (s *server) logs(text string) {
	s.Helper()
	ctx, cancel := context.WithTimeout(s.Context(), 20*time.Second)
	defer cancel()
	if !s.log.wait(ctx, text) {
		s.Fatalf("the log of %s does not say %q:\n%s", s.name, text, s.log)
	}
}

// transcript is what a program writes, for whoever waits for it.
type transcript struct {
	mu    sync.Mutex
	text  strings.Builder
	wrote chan struct{} // holds something when there may be more than was looked at
}

func newTranscript() *transcript { return &transcript{wrote: make(chan struct{}, 1)} }

func (t *transcript) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case t.wrote <- struct{}{}:
	default:
	}
	return t.text.Write(b)
}

func (t *transcript) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.text.String()
}

func (t *transcript) wait(ctx context.Context, text string) bool {
	for !strings.Contains(t.String(), text) {
		select {
		case <-t.wrote:
		case <-ctx.Done():
			return false
		}
	}
	return true
}

// stop tells the server to stop, and waits for it as long as it grants the
// requests under way.
func (s *server) stop() {
	s.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- s.cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			s.Errorf("%s ends with %v, want status 0:\n%s", s.name, err, s.log)
		}
	case <-time.After(roles.Grace):
		s.Errorf("%s does not end within %v", s.name, roles.Grace)
	}
}

// replace puts content in place of a file, whole.
func (d *desktop) replace(name, content string) {
	d.Helper()
	draft := d.file(name + ".new")
	if err := os.WriteFile(draft, []byte(content), 0o600); err != nil {
		d.Fatal(err)
	}
	if err := os.Rename(draft, d.file(name)); err != nil {
		d.Fatal(err)
	}
}

// export puts the variables of shell exports into the environment.
func (d *desktop) export(lines string) {
	for line := range strings.Lines(lines) {
		d.env = append(d.env, strings.TrimPrefix(strings.TrimSpace(line), "export "))
	}
}
