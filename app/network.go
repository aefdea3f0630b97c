package app

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"portico/backend/server"
)

// networkCommand holds what can be done about the networks that this computer comes to.
type networkCommand struct {
	List    networkListCommand    `cmd:"" help:"List the networks that this computer is on, and those that it knows."`
	Approve networkApproveCommand `cmd:"" help:"Let links open for visitors of a network."`
	Forget  networkForgetCommand  `cmd:"" help:"Forget a network: it is as if this computer had never been there."`
}

type networkListCommand struct{ output }

func (c *networkListCommand) Run(ctx context.Context, con *console, p *place) error {
	var known server.NetworkList
	if err := (remote{p}).call(ctx, "network.list", struct{}{}, &known); err != nil {
		return err
	}
	return list(con, c.output, known.Networks, "this computer is on no network, and remembers none", func(n server.KnownNetwork) []string {
		where := "seen " + day(time.UnixMilli(n.Seen))
		if n.Here {
			where = strings.TrimSpace("here, " + cmp.Or(n.Address, n.Interface))
		}
		note := "approved"
		switch {
		case !known.Asking:
			note = "links open here"
		case !n.Approved:
			note = "not approved: links pause"
		}
		return []string{printable(cmp.Or(n.Name, n.Interface, n.ID)), n.Kind, where, note}
	})
}

// networkName names a network.
type networkName struct {
	Name string `arg:"" help:"As the list shows it; its id and its interface do as well."`
}

func (c networkName) do(ctx context.Context, con *console, p *place, operation, done string) error {
	var n server.KnownNetwork
	if err := (remote{p}).call(ctx, operation, server.NetworkRequest{Name: c.Name}, &n); err != nil {
		return err
	}
	_, err := fmt.Fprintf(con.out, done+"\n", printable(cmp.Or(n.Name, n.Interface, n.ID)))
	return err
}

type networkApproveCommand struct{ networkName }

func (c *networkApproveCommand) Run(ctx context.Context, con *console, p *place) error {
	return c.do(ctx, con, p, "network.approve", "links open on %s")
}

type networkForgetCommand struct{ networkName }

func (c *networkForgetCommand) Run(ctx context.Context, con *console, p *place) error {
	return c.do(ctx, con, p, "network.forget", "%s is forgotten")
}
