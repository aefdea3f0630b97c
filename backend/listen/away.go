package listen

import "net/netip"

// Reason is why somebody was turned away: a code to search for, and what stands behind the colon of a
// sentence that tells of it. What a stranger chose has no place in the text: equal ones are counted, and
// that is what keeps a flood of them small.
type Reason struct{ Code, Text string }

// TurnAway tells that whoever is at an address was turned away. It never waits.
func (s Spec) TurnAway(from netip.Addr, why Reason) {
	if s.Away != nil && from.IsValid() {
		s.Away(from.Unmap().WithZone(""), why)
	}
}

// Foreign is for what comes and is something else than is spoken there.
func Foreign(spoken string) Reason {
	return Reason{"DOOR-NOISE-01", "what came from there is not " + spoken}
}

// Silent is for who connects and then neither says what must be said nor goes.
func Silent() Reason {
	return Reason{"DOOR-SLOW-01", "it connected, and did not say in time who it is or what it wants"}
}

// Crowd is for one connection too many: from that address, or in all.
func Crowd(alone bool) Reason {
	if alone {
		return Reason{"DOOR-CROWD-01", "too many connections from there are open. Settings, Limits has the number"}
	}
	return Reason{"DOOR-CROWD-02", "too many connections are open, and from there came the next. Settings, Limits has the number"}
}
