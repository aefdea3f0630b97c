package machine

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
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

// answer is how well something fits.
type answer uint8

const (
	no answer = iota
	maybe
	yes
)

func not(a answer) answer { return yes - a }

func (r *run) match(value json.RawMessage) answer {
	var m struct {
		Op          string
		Left, Right json.RawMessage
	}
	if json.Unmarshal(value, &m) != nil {
		return maybe
	}
	switch m.Op {
	case "==", "in", "":
		return r.compare(m.Left, m.Right)
	case "!=":
		return not(r.compare(m.Left, m.Right))
	}
	return maybe
}

// compare looks whether a part of the connection is one of the values on the right.
func (r *run) compare(left, right json.RawMessage) answer {
	var l struct {
		Payload *struct{ Protocol, Field string }
		Meta    *struct{ Key string }
		Ct      *struct{ Key string }
		Fib     *struct{ Result string }
	}
	if json.Unmarshal(left, &l) != nil {
		return maybe
	}
	switch {
	case l.Payload != nil:
		return r.payload(l.Payload.Protocol, l.Payload.Field, right)
	case l.Meta != nil:
		return r.meta(l.Meta.Key, right)
	case l.Ct != nil && l.Ct.Key == "state":
		return words(right, func(s string) answer { return is(s == "new") })
	case l.Fib != nil && l.Fib.Result == "type":
		return words(right, func(s string) answer { return is(s == "local") })
	}
	return maybe
}

func is(b bool) answer {
	if b {
		return yes
	}
	return no
}

func (r *run) payload(protocol, field string, right json.RawMessage) answer {
	from := r.way.From
	switch {
	case protocol == "udp" || strings.HasPrefix(protocol, "icmp") || protocol == "sctp" || protocol == "dccp" || protocol == "esp" || protocol == "ah":
		return no
	case (protocol == "tcp" || protocol == "th") && field == "dport":
		return r.ports(right)
	case protocol == "ip" && from.IsValid() && from.Addr().Is6(), protocol == "ip6" && from.IsValid() && from.Addr().Is4():
		return no
	case field == "saddr" && from.IsValid():
		return r.networks(right, from)
	case field == "daddr" && r.way.Addr.IsValid():
		return r.networks(right, netip.PrefixFrom(r.way.Addr, r.way.Addr.BitLen()))
	case field == "protocol" || field == "nexthdr":
		return words(right, func(s string) answer { return is(s == "tcp") })
	}
	return maybe
}

func (r *run) meta(key string, right json.RawMessage) answer {
	switch key {
	case "iifname", "iif":
		return words(right, func(s string) answer {
			if star, ok := strings.CutSuffix(s, "*"); ok && r.way.Interface != "" {
				return is(strings.HasPrefix(r.way.Interface, star))
			}
			if r.way.Interface == "" && s != "lo" {
				return maybe
			}
			return is(s == r.way.Interface)
		})
	case "l4proto":
		return words(right, func(s string) answer { return is(s == "tcp" || s == "6") })
	case "nfproto", "protocol":
		if !r.way.From.IsValid() {
			return maybe
		}
		four := r.way.From.Addr().Is4()
		return words(right, func(s string) answer {
			return is(four && (s == "ipv4" || s == "ip") || !four && (s == "ipv6" || s == "ip6"))
		})
	case "pkttype":
		return words(right, func(s string) answer { return is(s == "host" || s == "unicast") })
	}
	return maybe
}

// each goes through the values on the right: one, a list, or a set.
func each(right json.RawMessage, do func(json.RawMessage) answer) answer {
	var list []json.RawMessage
	var set struct{ Set []json.RawMessage }
	switch {
	case json.Unmarshal(right, &list) == nil:
	case json.Unmarshal(right, &set) == nil && set.Set != nil:
		list = set.Set
	default:
		return do(right)
	}
	best := no
	for _, one := range list {
		var elem struct {
			Elem *struct{ Val json.RawMessage }
		}
		if json.Unmarshal(one, &elem) == nil && elem.Elem != nil {
			one = elem.Elem.Val
		}
		best = max(best, do(one))
	}
	return best
}

func words(right json.RawMessage, do func(string) answer) answer {
	return each(right, func(one json.RawMessage) answer {
		var s string
		var n int
		switch {
		case json.Unmarshal(one, &s) == nil && strings.HasPrefix(s, "@"):
			return maybe
		case json.Unmarshal(one, &s) == nil:
			return do(s)
		case json.Unmarshal(one, &n) == nil:
			return do(fmt.Sprint(n))
		}
		return maybe
	})
}

// named replaces "@set" by what the set holds.
func (r *run) named(right json.RawMessage) (json.RawMessage, bool) {
	var name string
	if json.Unmarshal(right, &name) != nil || !strings.HasPrefix(name, "@") {
		return right, true
	}
	elems, ok := r.rules.sets[r.table+" "+name[1:]]
	if !ok {
		return right, false
	}
	text, err := json.Marshal(append([]json.RawMessage{}, elems...))
	return text, err == nil
}

func (r *run) ports(right json.RawMessage) answer {
	right, ok := r.named(right)
	if !ok {
		return maybe
	}
	port := int(r.way.Port)
	return each(right, func(one json.RawMessage) answer {
		var n int
		var name string
		var span struct{ Range []int }
		switch {
		case json.Unmarshal(one, &n) == nil:
			return is(n == port)
		case json.Unmarshal(one, &span) == nil && len(span.Range) == 2:
			return is(span.Range[0] <= port && port <= span.Range[1])
		case json.Unmarshal(one, &name) == nil:
			return is(servicePort(name) == r.way.Port)
		}
		return maybe
	})
}

// networks compares the network that others come from with networks on the right: no when they have
// nothing in common, maybe when a part of it is meant.
func (r *run) networks(right json.RawMessage, own netip.Prefix) answer {
	right, ok := r.named(right)
	if !ok {
		return maybe
	}
	return each(right, func(one json.RawMessage) answer {
		var text string
		var p struct {
			Prefix *struct {
				Addr string
				Len  int
			}
			Range []string
		}
		switch {
		case json.Unmarshal(one, &text) == nil:
		case json.Unmarshal(one, &p) == nil && p.Prefix != nil:
			text = fmt.Sprintf("%s/%d", p.Prefix.Addr, p.Prefix.Len)
		case len(p.Range) == 2:
			return ranged(p.Range, own)
		default:
			return maybe
		}
		theirs, ok := prefix(text)
		switch {
		case !ok:
			return maybe
		case holds(theirs, own):
			return yes
		case theirs.Overlaps(own):
			return maybe
		}
		return no
	})
}

func ranged(ends []string, own netip.Prefix) answer {
	first, err1 := netip.ParseAddr(ends[0])
	last, err2 := netip.ParseAddr(ends[1])
	if err1 != nil || err2 != nil || first.BitLen() != own.Addr().BitLen() {
		return maybe
	}
	low, high := own.Masked().Addr(), own.Masked().Addr()
	bytes := slices.Clone(high.AsSlice())
	for bit := own.Bits(); bit < high.BitLen(); bit++ {
		bytes[bit/8] |= 1 << (7 - bit%8)
	}
	high, _ = netip.AddrFromSlice(bytes)
	switch {
	case first.Compare(low) <= 0 && high.Compare(last) <= 0:
		return yes
	case high.Compare(first) < 0 || last.Compare(low) < 0:
		return no
	}
	return maybe
}
