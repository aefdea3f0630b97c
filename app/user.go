package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"portico/backend/server"
)

// userCommand holds what can be done about accounts.
type userCommand struct {
	List    userListCommand    `cmd:"" help:"List the accounts."`
	Add     userAddCommand     `cmd:"" help:"Make an account; asks for its password."`
	Passwd  userPasswdCommand  `cmd:"" help:"Give an account another password."`
	Reset   userResetCommand   `cmd:"" help:"The way back in: a random password is set and printed, everything else that signed in ends."`
	Disable userDisableCommand `cmd:"" help:"Keep somebody out without forgetting them."`
	Enable  userEnableCommand  `cmd:"" help:"Let somebody in again."`
	Remove  userRemoveCommand  `cmd:"" help:"Forget an account with its tokens, keys and rights."`
	SMB     userSMBCommand     `cmd:"" name:"smb" help:"Give an account a random password for SMB (Windows shares), printed once; --off takes it away."`
	Group   userGroupCommand   `cmd:"" help:"Put an account into groups, or take it out."`
	Key     userKeyCommand     `cmd:"" help:"SSH keys by which an account signs in."`
}

type userListCommand struct{ output }

func (c *userListCommand) Run(ctx context.Context, con *console, p *place) error {
	var users []server.User
	if err := (remote{p}).call(ctx, "user.list", struct{}{}, &users); err != nil {
		return err
	}
	return list(con, c.output, users, "there is no account yet; make one: portico user add NAME", func(u server.User) []string {
		var notes []string
		if u.Disabled {
			notes = append(notes, "disabled")
		}
		if u.Given {
			notes = append(notes, "while this server runs")
		}
		return []string{printable(u.Name), u.Role, strings.Join(u.Groups, ","), day(u.Seen), strings.Join(notes, ", ")}
	})
}

// day writes a time as people read it in lists.
func day(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	return t.Local().Format("2006-01-02 15:04")
}

type userAddCommand struct {
	Name       string   `arg:""`
	Admin      bool     `help:"May administer this server."`
	Group      []string `help:"Put it into a group; repeatable." placeholder:"GROUP"`
	NoPassword bool     `help:"Without a password: it signs in by token only."`
}

func (c *userAddCommand) Run(ctx context.Context, con *console, p *place) error {
	r := server.UserRequest{Name: c.Name, Admin: c.Admin, Groups: c.Group}
	if !c.NoPassword {
		var err error
		if r.Password, err = password(con); err != nil {
			return err
		}
	}
	return changeUser(ctx, con, p, "user.add", r, "%s may sign in")
}

// changeUser does an operation on one account and says that it is done.
func changeUser(ctx context.Context, con *console, p *place, operation string, r server.UserRequest, done string) error {
	var u server.User
	if err := (remote{p}).call(ctx, operation, r, &u); err != nil {
		return err
	}
	_, err := fmt.Fprintf(con.out, done+"\n", printable(u.Name))
	return err
}

type userPasswdCommand struct {
	Name string `arg:""`
}

func (c *userPasswdCommand) Run(ctx context.Context, con *console, p *place) error {
	secret, err := password(con)
	if err != nil {
		return err
	}
	return changeUser(ctx, con, p, "user.passwd", server.UserRequest{Name: c.Name, Password: secret}, "%s has another password; who was signed in has to do it again")
}

type userResetCommand struct {
	Name string `arg:""`
}

func (c *userResetCommand) Run(ctx context.Context, con *console, p *place) error {
	var s server.Secret
	if err := (remote{p}).call(ctx, "user.reset", server.UserRequest{Name: c.Name}, &s); err != nil {
		return err
	}
	_, err := fmt.Fprintln(con.out, s.Secret)
	return err
}

type userDisableCommand struct {
	Name string `arg:""`
}

func (c *userDisableCommand) Run(ctx context.Context, con *console, p *place) error {
	return changeUser(ctx, con, p, "user.disable", server.UserRequest{Name: c.Name, Disabled: true}, "%s is kept out")
}

type userEnableCommand struct {
	Name string `arg:""`
}

func (c *userEnableCommand) Run(ctx context.Context, con *console, p *place) error {
	return changeUser(ctx, con, p, "user.disable", server.UserRequest{Name: c.Name}, "%s may sign in again")
}

type userRemoveCommand struct {
	Name string `arg:""`
}

func (c *userRemoveCommand) Run(ctx context.Context, con *console, p *place) error {
	return changeUser(ctx, con, p, "user.remove", server.UserRequest{Name: c.Name}, "%s is forgotten")
}

type userGroupCommand struct {
	Name   string   `arg:""`
	Add    []string `help:"Put it into this group; repeatable." placeholder:"GROUP"`
	Remove []string `help:"Take it out of this group; repeatable." placeholder:"GROUP"`
}

func (c *userGroupCommand) Run(ctx context.Context, con *console, p *place) error {
	if len(c.Add)+len(c.Remove) == 0 {
		return usage{errors.New("which group?"), "portico user group " + c.Name + " --add GROUP"}
	}
	r := server.UserRequest{Name: c.Name, Groups: c.Add, Leave: c.Remove}
	var u server.User
	if err := (remote{p}).call(ctx, "user.group", r, &u); err != nil {
		return err
	}
	_, err := fmt.Fprintf(con.out, "%s: %s\n", printable(u.Name), strings.Join(u.Groups, ", "))
	return err
}
