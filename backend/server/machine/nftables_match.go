package machine

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

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
