// Package problem says in words what went wrong: the one table from the errors of the house to
// HTTP status, code and sentences, and the JSON body (RFC 9457) that carries them.
//
// Every message has the form of the house: cause, what was already done, what to do next, and a
// code that can be searched for. Paths of the disk, SQL and stacks never reach it: what the table
// does not know becomes "something broke here", and the log keeps the rest.
package problem

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// Problem is the body of every error answer, content type application/problem+json.
type Problem struct {
	Status int    `json:"status" example:"409" doc:"HTTP status of the answer"`
	Title  string `json:"title" example:"The name is taken" doc:"What it is, in a few words; the same for every problem of this code"`
	Detail string `json:"detail,omitempty" example:"There is already something called “cat.jpg” here." doc:"The cause, in a sentence for a person"`
	Code   string `json:"code" example:"FS-NAME-02" doc:"Stable English code to search for"`
	Did    string `json:"did,omitempty" example:"Nothing was changed." doc:"What was already done"`
	Next   string `json:"next,omitempty" example:"Choose another name, or say that both should be kept." doc:"What to do now"`

	Held   string  `json:"held,omitempty" example:"alice, over webdav" doc:"By whom or by what the thing is held, where that may be told"`
	Retry  int     `json:"retry,omitempty" example:"60" doc:"Seconds to wait before trying again"`
	Errors []Field `json:"errors,omitempty" nullable:"false" doc:"Which fields of the request were wrong"`
}

// Field is one wrong field of a request.
type Field struct {
	At   string `json:"at" example:"body.paths[3]" doc:"Where it is"`
	Text string `json:"text" example:"expected string" doc:"What is wrong with it"`
}

// Error makes a Problem an error.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType of the body, whatever was asked for.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders returns the headers that belong to the problem.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.Retry > 0 {
		h.Set("Retry-After", strconv.Itoa(p.Retry))
	}
	return h
}

// Write answers w with the problem.
func (p *Problem) Write(w http.ResponseWriter) {
	h := w.Header()
	for k, v := range p.GetHeaders() {
		h[k] = v
	}
	h.Set("Content-Type", p.ContentType(""))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Del("Content-Length")
	h.Del("ETag")
	w.WriteHeader(p.Status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	// The client may be gone; there is nobody left to tell.
	_ = enc.Encode(p)
}

// Seconds rounds up, so that nobody comes back too early.
func Seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }
