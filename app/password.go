package app

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"golang.org/x/term"
)

// password is where a new password comes from: whoever sits at the terminal, or standard input, never
// the command line, which everybody on this computer can read.
func password(con *console) (string, error) {
	f, ok := con.in.(*os.File)
	if ok && term.IsTerminal(int(f.Fd())) {
		first, err := typed(con, f, "Password: ")
		if err != nil {
			return "", err
		}
		second, err := typed(con, f, "Once more: ")
		if err == nil && first != second {
			err = errors.New("the two passwords differ; nothing was changed")
		}
		if err == nil && first == "" {
			err = errors.New("the password is empty; nothing was changed")
		}
		return first, err
	}
	line, err := bufio.NewReader(con.in).ReadString('\n')
	if err == io.EOF {
		err = nil
	}
	if line = strings.TrimRight(line, "\r\n"); err == nil && line == "" {
		err = errors.New("no password came on standard input; nothing was changed")
	}
	return line, err
}

// typed asks for a line that the terminal does not show. Who ends the program meanwhile gets a
// terminal back that shows again what is typed.
func typed(con *console, f *os.File, prompt string) (string, error) {
	before, err := term.GetState(int(f.Fd()))
	if err != nil {
		return "", err
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, os.Interrupt)
	done := make(chan struct{})
	defer close(done)
	defer signal.Stop(ended)
	go func() {
		select {
		case <-ended:
			_ = term.Restore(int(f.Fd()), before)
			fmt.Fprintln(con.err, "\nnothing was changed")
			os.Exit(1) // the read of the terminal cannot be called back
		case <-done:
		}
	}()
	fmt.Fprint(con.err, prompt)
	line, err := term.ReadPassword(int(f.Fd()))
	fmt.Fprintln(con.err)
	return string(line), err
}
