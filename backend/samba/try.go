//go:build linux

package samba

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// Try finds out whether smbd works: it is started as for a client, and has to answer. What it says when it
// does not is part of the error.
func (s *Samba) Try(ctx context.Context) error {
	client, server, err := pair(ctx)
	if err != nil {
		return err
	}
	defer client.Close()
	child, err := s.Start(server, "none", func(string) {})
	server.Close()
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, child.Kill)
	defer stop()
	if err = greet(client); err != nil {
		select { // it may be about to end, and to say why
		case <-child.Done():
		case <-time.After(5 * time.Second):
		}
	}
	child.Kill()
	<-child.Done()
	if ctx.Err() != nil {
		return fmt.Errorf("it did not answer in time: %w", ctx.Err())
	}
	if why := child.Failed(); err != nil && why != nil {
		err = why
	}
	return err
}

// pair is a connection and its other end: smbd wants one that has an address.
func pair(ctx context.Context) (client net.Conn, server *os.File, err error) {
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, nil, err
	}
	defer l.Close()
	if client, err = new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String()); err != nil {
		return nil, nil, err
	}
	for {
		other, err := l.AcceptTCP()
		if err != nil {
			return nil, nil, errors.Join(err, client.Close())
		}
		if other.RemoteAddr().String() != client.LocalAddr().String() { // somebody else was quicker
			other.Close()
			continue
		}
		server, err := other.File()
		return client, server, errors.Join(err, other.Close())
	}
}

// greet says the first thing that clients of SMB say, and waits for any answer to it.
func greet(client io.ReadWriter) error {
	// A NEGOTIATE request (MS-SMB2 sections 2.2.1.2 and 2.2.3) with one dialect, 2.1.
	hello := make([]byte, 4+64+36+2)
	binary.BigEndian.PutUint32(hello, uint32(len(hello)-4))
	copy(hello[4:], "\xfeSMB\x40")
	hello[4+14] = 1 // credits
	copy(hello[4+64:], "\x24\x00\x01\x00\x01")
	copy(hello[4+64+36:], "\x10\x02")
	if _, err := client.Write(hello); err != nil {
		return fmt.Errorf("it cannot be spoken to: %w", err)
	}
	answer := make([]byte, 8)
	if _, err := io.ReadFull(client, answer); err != nil {
		return fmt.Errorf("it does not answer: %w", err)
	}
	if !bytes.Equal(answer[4:], []byte("\xfeSMB")) {
		return errors.New("it answers with what is not SMB")
	}
	return nil
}
