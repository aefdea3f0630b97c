package protocoltest

import (
	"fmt"
	"io"
	"os/exec"
)

// Running reads what a foreign program writes while it fetches; how the program ends tells whether it takes
// that for the whole. It is one goroutine's.
type Running struct {
	cmd   *exec.Cmd
	out   io.Reader
	ended bool
	err   error
}

// Fetching returns a Running for a program that was started with out as its pipe.
func Fetching(cmd *exec.Cmd, out io.Reader) *Running { return &Running{cmd: cmd, out: out} }

// Read is ErrCut at the end where the program was not content.
func (r *Running) Read(p []byte) (int, error) {
	n, err := r.out.Read(p)
	if err == io.EOF {
		if end := r.End(); end != nil {
			err = fmt.Errorf("%w: %w", ErrCut, end)
		}
	}
	return n, err
}

// End waits for the program, and returns how it ended.
func (r *Running) End() error {
	if !r.ended {
		r.ended = true
		r.err = r.cmd.Wait()
	}
	return r.err
}

// Close ends the program where it still runs.
func (r *Running) Close() error {
	if !r.ended {
		// It may have ended by itself just now.
		_ = r.cmd.Process.Kill()
		_ = r.End()
	}
	return nil
}
