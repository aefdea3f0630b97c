package mdns

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

const (
	answerGap     = time.Second            // RFC 6762, 6
	defenceGap    = 250 * time.Millisecond // … for those who want a name of ours
	recordsMax    = 200                    // of a packet that are looked at
	questionsMost = 32                     // of a packet that are answered
)

// heading is a question that is answered to everybody, once a second on an interface.
type heading struct {
	index int
	name  string
	of    dnsmessage.Type
}

// asking is what a packet of questions says besides them.
type asking struct {
	id    uint16
	more  bool // another packet tells more of what the asker knows
	probe bool // the asker wants to have the names
}

// asked answers questions for this computer and its services, and notes who has them.
func (e *ear) asked(p *dnsmessage.Parser, about asking, at *place) {
	e.mu.Lock()
	of := e.names
	e.mu.Unlock()
	var list []dnsmessage.Question
	asks := false
	for n := 0; n < recordsMax && len(list) < questionsMost; n++ {
		q, err := p.Question()
		if err != nil {
			break
		}
		asks = true
		if of.have(q.Name.String()) && (q.Class&^flush == inet || q.Class&^flush == dnsmessage.ClassANY) {
			list = append(list, q)
		}
	}
	if asks && len(list) == 0 || !asks && !e.waits(at) || !at.near() {
		return
	}
	known := knownAnswers(p)
	if !asks {
		e.knows(at, known)
		return
	}
	if who := at.from.Addr(); !ownAddress(who) {
		e.heardOf(at.Name, who)
	}
	all, alone := late{at: at}, late{at: at, alone: true, id: about.id}
	for _, q := range list {
		to := &all
		switch legacy := at.from.Port() != port; {
		case legacy:
			to = &alone
			alone.questions = append(alone.questions, dnsmessage.Question{Name: q.Name, Type: q.Type, Class: inet})
		case q.Class&flush != 0:
			to = &alone
		}
		answers, more := of.answers(q, at)
		answers = unknown(answers, known)
		if len(answers) == 0 {
			continue
		}
		what := heading{at.Index, strings.ToLower(q.Name.String()), q.Type}
		if answers[0].Header.Type == nsec {
			what.of = nsec // one of all the kinds that there are not
		}
		if to.alone || e.due(what, about.probe, at) {
			to.add(answers, more)
			to.what = append(to.what, what)
		}
	}
	if len(all.answers) > 0 {
		e.say(&all, about.more)
	}
	if len(alone.answers) > 0 && at.pace.Allow(at.from.Addr(), time.Now()) {
		e.say(&alone, about.more)
	}
}

// due reports whether the last answer to a question is long enough ago, and none waits.
func (e *ear) due(to heading, probe bool, at *place) bool {
	gap := answerGap
	if probe {
		gap = defenceGap
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if time.Since(e.last[to]) < gap {
		for _, l := range e.waiting {
			l.wanted = l.wanted || l.at.from != at.from && slices.Contains(l.what, to)
		}
		return false
	}
	e.last[to] = time.Now()
	return true
}

// knownAnswers are records that somebody who asks has already, so that nobody needs to tell (RFC 6762, 7.1).
func knownAnswers(p *dnsmessage.Parser) (out []dnsmessage.Resource) {
	if p.SkipAllQuestions() != nil {
		return nil
	}
	for range recordsMax {
		r, err := p.Answer()
		if err != nil {
			return out
		}
		out = append(out, r)
	}
	return out
}

// unknown are those of some records that somebody does not know, or not for long any more.
func unknown(list, known []dnsmessage.Resource) []dnsmessage.Resource {
	return slices.DeleteFunc(list, func(r dnsmessage.Resource) bool {
		return slices.ContainsFunc(known, func(k dnsmessage.Resource) bool {
			return k.Header.Type == r.Header.Type && k.Header.TTL >= r.Header.TTL/2 &&
				strings.EqualFold(k.Header.Name.String(), r.Header.Name.String()) && reflect.DeepEqual(k.Body, r.Body)
		})
	})
}
