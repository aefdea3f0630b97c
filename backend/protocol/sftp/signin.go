package sftp

import (
	"context"
	"errors"
	"strings"

	"golang.org/x/crypto/ssh"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/protocol/entry"
	"portico/backend/share"
)

// identity is under which an ssh.Permissions holds who signed in.
type identity struct{}

// config is the door's with the ways in which this client may sign in.
func (v *visit) config(ctx context.Context) *ssh.ServerConfig {
	c := *v.d.config
	only, old := v.d.o.Old.At(v.c.Remote())
	if old {
		c = *v.d.old
	}
	c.PreAuthConnCallback = func(m ssh.ServerPreAuthConn) {
		v.client.Name = strings.TrimPrefix(string(m.ClientVersion()), "SSH-2.0-")
		if a, ok := m.(ssh.AlgorithmsConnMetadata); old && (!ok || outdated(a.Algorithms())) {
			v.client.Only = only
		}
		v.within(v.d.times.signing)
	}
	c.PasswordCallback = func(m ssh.ConnMetadata, secret []byte) (*ssh.Permissions, error) {
		return v.password(ctx, m.User(), string(secret))
	}
	c.KeyboardInteractiveCallback = func(m ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
		answers, err := ask("", "", []string{"Password: "}, []bool{false})
		if err != nil || len(answers) != 1 {
			return nil, errors.Join(account.ErrWrong, err)
		}
		return v.password(ctx, m.User(), answers[0])
	}
	c.PublicKeyCallback = func(m ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
		return v.admit(v.d.o.Entry.Key(ctx, m.User(), key.Marshal(), v.client))
	}
	c.VerifiedPublicKeyCallback = func(_ ssh.ConnMetadata, _ ssh.PublicKey, p *ssh.Permissions, signature string) (*ssh.Permissions, error) {
		who, _ := p.ExtraData[identity{}].(access.Identity)
		if signature == ssh.KeyAlgoRSA { // by SHA-1
			v.client.Only = only
		}
		if err := v.d.o.Entry.Admits(ctx, who, v.client); err != nil {
			return v.admit(who, err)
		}
		v.d.o.Entry.Arrived(ctx, who, v.client)
		return p, nil
	}
	c.NoClientAuth = true // clients ask first whether it needs anything
	c.NoClientAuthCallback = func(m ssh.ConnMetadata) (*ssh.Permissions, error) {
		if !strings.EqualFold(m.User(), "anonymous") && !strings.EqualFold(m.User(), "ftp") {
			return nil, ssh.ErrNoAuth
		}
		return v.password(ctx, m.User(), "")
	}
	return &c
}

func (v *visit) password(ctx context.Context, name, secret string) (*ssh.Permissions, error) {
	return v.admit(v.d.o.Entry.Password(ctx, name, secret, v.client))
}

// admit is the answer of a way to sign in. What a person can do something about is told in a line.
func (v *visit) admit(who access.Identity, err error) (*ssh.Permissions, error) {
	var wait account.ErrTooMany
	switch {
	case err == nil:
		return &ssh.Permissions{ExtraData: map[any]any{identity{}: who}}, nil
	case errors.As(err, &wait):
		return nil, &ssh.BannerError{Err: err, Message: "T" + wait.Error()[1:] + ".\r\n"}
	case errors.Is(err, entry.ErrOnly):
		v.tooOld()
		return nil, &ssh.BannerError{Err: err, Message: onlyOld}
	case errors.Is(err, share.ErrAsked):
		return nil, &ssh.BannerError{Err: err, Message: "Whoever shares this has been asked to let this device in. Try again when they have.\r\n"}
	case errors.Is(err, account.ErrDisabled):
		return nil, &ssh.BannerError{Err: err, Message: "This account is disabled.\r\n"}
	}
	return nil, err
}
