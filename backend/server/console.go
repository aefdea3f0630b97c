package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// The console: what the owner of this computer does on the command line. It is reached over the
// control listeners, or called in the same process where no instance runs (Call).

// operation is one thing that the console can do. in decodes the request's body.
type operation func(s *Server, ctx context.Context, in func(any) error) (out any, err error)

// operations is the list of what the console can do.
func operations() map[string]operation {
	return map[string]operation{
		"user.list":    userList,
		"user.add":     userAdd,
		"user.passwd":  userPasswd,
		"user.reset":   userReset,
		"user.disable": userDisable,
		"user.remove":  userRemove,
		"user.group":   userGroup,
		"user.smb":     userSMB,

		"key.list":   keyList,
		"key.add":    keyAdd,
		"key.remove": keyRemove,

		"token.list":   tokenList,
		"token.add":    tokenAdd,
		"token.remove": tokenRemove,

		"share.folder": shareFolder,
		"share.pause":  sharePause,
		"share.resume": shareResume,

		"asking.list":     askingList,
		"asking.answer":   askingAnswer,
		"asking.answered": askingAnswered,
		"asking.forget":   askingForget,

		"network.list":    networkList,
		"network.approve": networkApprove,
		"network.forget":  networkForget,

		"volume.eject":  volumeEject,
		"volume.accept": volumeAccept,

		"desktop.open": desktopOpen,

		"door.set": doorSet,
		"reload":   reload,
	}
}

// Call does one operation of the console: in and out are JSON.
func (s *Server) Call(ctx context.Context, name string, in []byte) (out []byte, err error) {
	do, ok := operations()[name]
	if !ok {
		return nil, fmt.Errorf("this Portico does not know %q", name)
	}
	result, err := do(s, ctx, func(into any) error {
		d := json.NewDecoder(bytes.NewReader(in))
		d.DisallowUnknownFields()
		return d.Decode(into)
	})
	if err != nil {
		return nil, err
	}
	return json.Marshal(result)
}

// Refusal is the body of a failed operation.
type Refusal struct {
	Error  string `json:"error"`
	Reason string `json:"reason,omitempty"` // which of the errors that programs tell apart
}

// reasons are the errors of the console that programs tell apart, by the word that goes over the wire.
func reasons() map[string]error { return map[string]error{"ending": ErrEnding} }

// refusalOf is how an error goes over the wire.
func refusalOf(err error) Refusal {
	r := Refusal{Error: err.Error()}
	for word, is := range reasons() {
		if errors.Is(err, is) {
			r.Reason = word
		}
	}
	return r
}

// Err is what came over the wire, as an error again.
func (r Refusal) Err() error {
	if err := reasons()[r.Reason]; err != nil {
		return err
	}
	return errors.New(r.Error)
}

func (s *Server) serveConsole(w http.ResponseWriter, r *http.Request) {
	const most = 1 << 20
	in, err := io.ReadAll(http.MaxBytesReader(w, r.Body, most))
	var out []byte
	if err == nil {
		out, err = s.Call(r.Context(), r.PathValue("operation"), in)
	}
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		out, err = json.Marshal(refusalOf(err))
		if err != nil {
			s.log.Error("a refusal cannot be told", "error", err)
		}
	}
	w.Write(out)
}
