package app

import (
	"context"
	"fmt"

	"portico/backend/config"
	"portico/backend/server"
)

// tokenCommand holds what can be done about tokens: random secrets for scripts.
type tokenCommand struct {
	List   tokenListCommand   `cmd:"" help:"List the tokens of an account."`
	Add    tokenAddCommand    `cmd:"" help:"Make a token; it is printed once."`
	Remove tokenRemoveCommand `cmd:"" help:"End a token."`
}

// holder says whose tokens are meant.
type holder struct {
	User string `help:"The account it acts for (default: the owner of this computer)." placeholder:"NAME"`
}

type tokenListCommand struct {
	holder
	output
}

func (c *tokenListCommand) Run(ctx context.Context, con *console, p *place) error {
	var tokens []server.Issued
	if err := (remote{p}).call(ctx, "token.list", server.TokenRequest{User: c.User}, &tokens); err != nil {
		return err
	}
	return list(con, c.output, tokens, "there is no token yet; make one: portico token add NAME", func(t server.Issued) []string {
		until := "until revoked"
		if !t.Expires.IsZero() {
			until = "until " + day(t.Expires)
		}
		return []string{t.ID, printable(t.Name), t.Rights, printable(t.Root), until, "used " + day(t.Used)}
	})
}

type tokenAddCommand struct {
	holder
	Name   string `arg:"" help:"What it is for."`
	Rights string `default:"r" help:"What it may do at most: letters as in portico help perms." placeholder:"LETTERS"`
	Root   string `help:"The folder of the tree that it sees as the whole." placeholder:"PATH"`
	For    string `help:"It ends after 1h, 30d …" placeholder:"TIME"`
}

func (c *tokenAddCommand) Run(ctx context.Context, con *console, p *place) error {
	r := server.TokenRequest{User: c.User, Name: c.Name, Rights: c.Rights, Root: c.Root}
	if c.For != "" {
		d, err := config.ParseDuration(c.For)
		if err != nil {
			return usage{fmt.Errorf("--for: %w", err), "--for 30d"}
		}
		r.For = d.D()
	}
	var s server.Secret
	if err := (remote{p}).call(ctx, "token.add", r, &s); err != nil {
		return err
	}
	_, err := fmt.Fprintln(con.out, s.Secret)
	return err
}

type tokenRemoveCommand struct {
	holder
	ID string `arg:"" help:"As token list shows it."`
}

func (c *tokenRemoveCommand) Run(ctx context.Context, con *console, p *place) error {
	if err := (remote{p}).call(ctx, "token.remove", server.TokenRequest{User: c.User, ID: c.ID}, nil); err != nil {
		return err
	}
	_, err := fmt.Fprintln(con.out, "the token is of no use any more")
	return err
}
