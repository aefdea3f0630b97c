package app

import (
	"context"
	"fmt"
	"io"
	"os"

	"portico/backend/server"
)

// userKeyCommand holds what can be done about the SSH keys by which an account signs in (SFTP, scp).
type userKeyCommand struct {
	List   userKeyListCommand   `cmd:"" help:"List the keys of an account."`
	Add    userKeyAddCommand    `cmd:"" help:"Let an account sign in by a public key: the line in ~/.ssh/id_ed25519.pub."`
	Remove userKeyRemoveCommand `cmd:"" help:"End a key."`
}

type userKeyListCommand struct {
	Name string `arg:""`
	output
}

func (c *userKeyListCommand) Run(ctx context.Context, con *console, p *place) error {
	var keys []server.Key
	if err := (remote{p}).call(ctx, "key.list", server.KeyRequest{User: c.Name}, &keys); err != nil {
		return err
	}
	return list(con, c.output, keys, "there is no key yet; add one: portico user key add "+printable(c.Name)+" FILE", func(k server.Key) []string {
		return []string{k.Fingerprint, k.Type, printable(k.Comment), day(k.Created)}
	})
}

type userKeyAddCommand struct {
	Name string `arg:""`
	File string `arg:"" optional:"" help:"The file with the public key; without it, standard input."`
}

// mostKey is how long a public key may be, in bytes.
const mostKey = 64 << 10

func (c *userKeyAddCommand) Run(ctx context.Context, con *console, p *place) error {
	from := con.in
	if c.File != "" {
		f, err := os.Open(c.File)
		if err != nil {
			return err
		}
		defer f.Close()
		from = f
	}
	line, err := io.ReadAll(io.LimitReader(from, mostKey))
	if err != nil {
		return err
	}
	var k server.Key
	if err := (remote{p}).call(ctx, "key.add", server.KeyRequest{User: c.Name, Line: string(line)}, &k); err != nil {
		return err
	}
	_, err = fmt.Fprintf(con.out, "%s may sign in by %s\n", printable(c.Name), k.Fingerprint)
	return err
}

type userKeyRemoveCommand struct {
	Name        string `arg:""`
	Fingerprint string `arg:"" help:"As the list shows it: SHA256:…"`
}

func (c *userKeyRemoveCommand) Run(ctx context.Context, con *console, p *place) error {
	var k server.Key
	if err := (remote{p}).call(ctx, "key.remove", server.KeyRequest{User: c.Name, Fingerprint: c.Fingerprint}, &k); err != nil {
		return err
	}
	_, err := fmt.Fprintf(con.out, "%s no longer signs in by %s\n", printable(c.Name), k.Fingerprint)
	return err
}
