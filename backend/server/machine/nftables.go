package machine

import (
	"encoding/json"
	"fmt"
	"strings"

	"portico/backend/diagnose"
)

// ruleset is what `nft -j list ruleset` says, as far as it is needed.
type ruleset struct {
	bases  []base
	chains map[string][]rule
	sets   map[string][]json.RawMessage
}

type base struct{ key, policy string }

type rule []map[string]json.RawMessage

// verdict of a chain about a connection.
type verdict uint8

const (
	through verdict = iota // nothing in it decides
	accepted
	dropped
)

// nftables reads what `nft -j list ruleset` says about a connection: it goes through every chain that
// filters what comes in, as the kernel would. ok is false where said is no ruleset.
func nftables(said string, way diagnose.Way) (w diagnose.Wall, ok bool) {
	w = diagnose.Wall{Name: "nftables"}
	rules, ok := readRuleset(said, way)
	if !ok {
		return w, false
	}
	w.Open = true
	for _, b := range rules.bases {
		r := run{rules: rules, way: way}
		v := r.chain(b.key, 0)
		if v == through {
			if v = accepted; b.policy == "drop" {
				v = dropped
			}
		}
		if b.policy == "drop" || v == dropped {
			w.Active = true
		}
		sure := !r.mayAccept && v == dropped || !r.mayDrop && v == accepted
		if w.Open && v == dropped && sure {
			w.Open, w.Unsure, w.Why = false, false, ""
			w.Allow = "sudo nft insert rule " + b.key + source(way) + fmt.Sprintf(" tcp dport %d accept", way.Port)
		}
		if !sure && w.Open && !w.Unsure {
			w.Active, w.Unsure, w.Why = true, true, "its rules depend on what cannot be judged from here"
			w.Allow = "sudo nft insert rule " + b.key + source(way) + fmt.Sprintf(" tcp dport %d accept", way.Port)
		}
	}
	return w, true
}

func source(way diagnose.Way) string {
	switch {
	case !way.From.IsValid():
		return ""
	case way.From.Addr().Is4():
		return " ip saddr " + way.From.String()
	}
	return " ip6 saddr " + way.From.String()
}

func readRuleset(said string, way diagnose.Way) (out ruleset, ok bool) {
	var doc struct {
		Nftables []struct {
			Chain *struct{ Family, Table, Name, Type, Hook, Policy string }
			Rule  *struct {
				Family, Table, Chain string
				Expr                 rule
			}
			Set *struct {
				Family, Table, Name string
				Elem                []json.RawMessage
			}
		}
	}
	if json.Unmarshal([]byte(said), &doc) != nil || doc.Nftables == nil {
		return out, false
	}
	out.chains, out.sets = make(map[string][]rule), make(map[string][]json.RawMessage)
	for _, one := range doc.Nftables {
		switch {
		case one.Chain != nil:
			c := one.Chain
			if c.Hook == "input" && c.Type == "filter" && concerns(c.Family, way) {
				out.bases = append(out.bases, base{c.Family + " " + c.Table + " " + c.Name, c.Policy})
			}
		case one.Rule != nil:
			key := one.Rule.Family + " " + one.Rule.Table + " " + one.Rule.Chain
			out.chains[key] = append(out.chains[key], one.Rule.Expr)
		case one.Set != nil:
			out.sets[one.Set.Family+" "+one.Set.Table+" "+one.Set.Name] = one.Set.Elem
		}
	}
	return out, true
}

// concerns reports whether a family of tables sees a connection.
func concerns(family string, way diagnose.Way) bool {
	six := way.From.IsValid() && way.From.Addr().Is6()
	return family == "inet" || family == "ip" && !six || family == "ip6" && six
}

// run is one connection on its way through the chains.
type run struct {
	rules              ruleset
	way                diagnose.Way
	table              string
	mayAccept, mayDrop bool // by rules that cannot be judged
	steps              int
}

const (
	deepest   = 16
	mostSteps = 20000 // rules that are looked at; jumps could make them endless
)

func (r *run) chain(key string, depth int) verdict {
	if depth > deepest {
		r.mayAccept, r.mayDrop = true, true
		return through
	}
	table := key[:max(strings.LastIndexByte(key, ' '), 0)]
	for _, one := range r.rules.chains[key] {
		if r.steps++; r.steps > mostSteps {
			r.mayAccept, r.mayDrop = true, true
			return through
		}
		r.table = table
		v, back := r.rule(one, table, depth)
		if back {
			return through
		}
		if v != through {
			return v
		}
	}
	return through
}

// rule says what one rule does; back: the chain ends here.
func (r *run) rule(statements rule, table string, depth int) (v verdict, back bool) {
	fits := yes
	for _, s := range statements {
		for name, value := range s {
			switch name {
			case "match":
				if fits = min(fits, r.match(value)); fits == no {
					return through, false
				}
			case "xt", "limit", "ct count", "connlimit", "quota", "fib", "socket":
				fits = min(fits, maybe)
			case "accept":
				return r.end(accepted, fits), false
			case "drop", "reject":
				return r.end(dropped, fits), false
			case "queue", "synproxy", "tproxy":
				r.mayAccept, r.mayDrop = true, true
			case "return":
				return through, fits == yes
			case "jump", "goto":
				var to struct{ Target string }
				if json.Unmarshal(value, &to) != nil {
					continue
				}
				v, back = r.jump(table+" "+to.Target, fits, depth)
				if v != through || back {
					return v, back
				}
				if name == "goto" && fits == yes {
					return through, true
				}
			case "vmap":
				v, back = r.vmap(value, table, fits, depth)
				if v != through || back {
					return v, back
				}
			}
		}
	}
	return through, false
}

// end ends a connection where a rule certainly fits, and else remembers that it may.
func (r *run) end(v verdict, fits answer) verdict {
	if fits == yes {
		return v
	}
	if v == accepted {
		r.mayAccept = true
	} else {
		r.mayDrop = true
	}
	return through
}

func (r *run) jump(key string, fits answer, depth int) (verdict, bool) {
	v := r.chain(key, depth+1)
	if v == through {
		return through, false
	}
	return r.end(v, fits), false
}

// vmap is a table of verdicts: {key: …, data: {set: [[value, {accept: null}] …]}}.
func (r *run) vmap(value json.RawMessage, table string, fits answer, depth int) (verdict, bool) {
	var m struct {
		Key  json.RawMessage
		Data struct{ Set [][2]json.RawMessage }
	}
	if json.Unmarshal(value, &m) != nil {
		r.mayAccept, r.mayDrop = true, true
		return through, false
	}
	for _, entry := range m.Data.Set {
		hit := min(fits, r.compare(m.Key, entry[0]))
		if hit == no {
			continue
		}
		var action map[string]json.RawMessage
		if json.Unmarshal(entry[1], &action) != nil {
			continue
		}
		statements := rule{action}
		v, back := r.rule(statements, table, depth)
		if hit == yes {
			return v, back
		}
		if v != through {
			r.end(v, maybe)
		}
	}
	return through, false
}
