package app

import (
	"context"
	"fmt"

	"portico/backend/server"
)

// askingCommand holds what can be done about devices that wait to be let into a share.
type askingCommand struct {
	List    askingListCommand    `cmd:"" help:"List the devices that wait to be let in."`
	Allow   askingAllowCommand   `cmd:"" help:"Let a device in, until the share ends."`
	Refuse  askingRefuseCommand  `cmd:"" help:"Do not let a device in."`
	Answers askingAnswersCommand `cmd:"" help:"List the devices that were answered, and how."`
	Forget  askingForgetCommand  `cmd:"" help:"Take an answer back: the device has to ask again."`
}

type askingListCommand struct{ output }

func (c *askingListCommand) Run(ctx context.Context, con *console, p *place) error {
	var waiting []server.Asker
	if err := (remote{p}).call(ctx, "asking.list", struct{}{}, &waiting); err != nil {
		return err
	}
	return list(con, c.output, waiting, "nobody waits", func(a server.Asker) []string {
		return []string{a.ID, printable(a.Name), a.Remote, printable(a.Title)}
	})
}

// askerID names a device that waits.
type askerID struct {
	ID string `arg:"" help:"As portico asking list shows it."`
}

type askingAllowCommand struct {
	askerID
	Always bool `help:"Also into every other share of the same maker that asks."`
}

func (c *askingAllowCommand) Run(ctx context.Context, con *console, p *place) error {
	if err := (remote{p}).call(ctx, "asking.answer", server.AskerRequest{ID: c.ID, Allow: true, Always: c.Always}, nil); err != nil {
		return err
	}
	_, err := fmt.Fprintln(con.out, "it is let in")
	return err
}

type askingRefuseCommand struct{ askerID }

func (c *askingRefuseCommand) Run(ctx context.Context, con *console, p *place) error {
	if err := (remote{p}).call(ctx, "asking.answer", server.AskerRequest{ID: c.ID}, nil); err != nil {
		return err
	}
	_, err := fmt.Fprintln(con.out, "it is not let in")
	return err
}

type askingAnswersCommand struct{ output }

func (c *askingAnswersCommand) Run(ctx context.Context, con *console, p *place) error {
	var answered []server.Answered
	if err := (remote{p}).call(ctx, "asking.answered", struct{}{}, &answered); err != nil {
		return err
	}
	return list(con, c.output, answered, "nobody was answered at a share that stands", func(a server.Answered) []string {
		title := a.Title
		if a.Answer == "always" {
			title = "every share that asks"
		}
		return []string{a.ID, a.Answer, printable(a.Name), a.Remote, printable(title), day(a.At)}
	})
}

type askingForgetCommand struct {
	ID string `arg:"" help:"As portico asking answers shows it."`
}

func (c *askingForgetCommand) Run(ctx context.Context, con *console, p *place) error {
	if err := (remote{p}).call(ctx, "asking.forget", server.AnsweredRequest{ID: c.ID}, nil); err != nil {
		return err
	}
	_, err := fmt.Fprintln(con.out, "it has to ask again")
	return err
}
