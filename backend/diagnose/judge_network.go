package diagnose

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"portico/backend/discovery"
)

const (
	wrongClock = 24 * time.Hour // a clock that is less off harms nobody
	year       = 365 * 24 * time.Hour
)

// clock looks whether the clock can be right.
func (j *judge) clock() {
	passed := j.f.Clock.Passed
	if j.q.Newest.After(passed) {
		passed = j.q.Newest
	}
	off := passed.Sub(j.q.Now)
	if passed.IsZero() || off < wrongClock {
		switch {
		case j.f.Clock.Known && j.f.Clock.Kept:
			j.note("A time server keeps the clock right.")
		case j.f.Clock.Known:
			j.note("No time server keeps the clock right; it shows ", j.q.Now.Format("2006-01-02 15:04"), ".")
		}
		return
	}
	// Lines of Activity that lie in the future may as well come from a day when the clock was wrong.
	sure := j.f.Clock.Passed.Sub(j.q.Now) >= wrongClock
	f := Finding{Code: "TIME-CLOCK-01", Bad: sure, Cause: "This computer's clock is " + span(off) + " off; secure links will fail.",
		Did: "Nothing was changed.", Next: "Set the clock, or let a time server do it."}
	if !sure {
		f.Cause = "This computer's clock may be " + span(off) + " off: Activity holds lines of a later time."
	}
	if j.f.Clock.Set != "" {
		f.Fix = &Fix{Title: "Set the clock", Command: j.f.Clock.Set}
	}
	j.add(f)
	j.note("The clock shows ", j.q.Now.Format("2006-01-02"), ", which is over.")
}

// span says a length of time by its largest unit.
func span(d time.Duration) string {
	n, unit := int(d/year), "year"
	if n == 0 {
		n, unit = int(d/(24*time.Hour)), "day"
	}
	if n != 1 {
		unit += "s"
	}
	return strconv.Itoa(n) + " " + unit
}

// walls looks whether a firewall keeps visitors out.
func (j *judge) walls() {
	if slices.Contains(j.f.Late, "firewalls") {
		j.note("The firewall did not answer in time.")
	}
	fine := true
	for _, w := range j.f.Walls {
		f, ok := j.wall(w)
		if !ok {
			continue
		}
		fine = false
		j.add(f)
	}
	if len(j.f.Walls) == 0 && !slices.Contains(j.f.Late, "firewalls") {
		j.note("No firewall was found on this computer.")
	}
	if !fine {
		return
	}
	for _, name := range j.f.Suites {
		j.note(name, " is installed.")
		j.add(Finding{Code: "NET-FW-04", Cause: name + " also has a firewall.", Did: "The system's own firewall lets visitors in.",
			Next: "Open " + name + ", find its firewall, and allow Portico on home networks."})
	}
}

// wall judges one firewall; ok is false where it is not in the way.
func (j *judge) wall(w Wall) (f Finding, ok bool) {
	f = Finding{Code: "NET-FW-01", Bad: true, Did: "Nothing was changed.", Next: "Allow it, for this network only."}
	if w.Allow != "" {
		f.Fix = &Fix{Title: "Allow on this network", Command: w.Allow, Steps: w.Steps}
	}
	switch {
	case w.Public:
		j.note(w.Name, " treats this network as a public one.")
		f.Code, f.Cause = "NET-FW-03", "Windows treats this network as public and blocks phones."
		f.Next = "Treat it as private if it is your own."
		if f.Fix != nil {
			f.Fix.Title = "Treat as private"
		}
		return f, true
	case !w.Active && !w.Unsure:
		j.note(w.Name, " is off.")
		return f, false
	case w.Unsure:
		j.note(w.Name, ": ", w.Why, ".")
		if !w.Active && f.Fix == nil {
			return f, false
		}
		f.Code, f.Bad = "NET-FW-02", false
		f.Cause = "The firewall of this computer (" + w.Name + ") may keep phones out at port " + j.port + ": " + w.Why + "."
		return f, true
	case w.Open:
		j.note(w.Name, " is on and lets port ", j.port, " through.")
		return f, false
	}
	j.note(w.Name, " is on, and no rule lets port ", j.port, " through.")
	f.Cause = "The firewall of this computer (" + w.Name + ") lets nobody in at port " + j.port + "."
	if w.Name == windowsFirewall {
		f.Cause = "The Windows firewall blocks phones."
		f.Fix.Title = "Allow on home networks"
	}
	return f, true
}

// windowsFirewall is what a Wall of Windows is called.
const windowsFirewall = "Windows Defender Firewall"

// tunnel looks whether a VPN takes the packets of the network, or may.
func (j *judge) tunnel() {
	f := j.f
	name := func(a discovery.Address) string { return a.Interface }
	for _, a := range discovery.Rank(f.Table) {
		switch {
		case a.Kind != discovery.Tunnel || f.Via.Kind == discovery.Tunnel || !f.Via.Addr.IsValid():
		case a.Addr == f.Near:
			j.note("Packets to the router leave through the VPN (", name(a), ").")
			j.vpn("Your VPN ("+name(a)+") hides this computer from "+describe(f.Via)+".", true)
			return
		case a.Addr == f.Out:
			j.note("Packets to the internet leave through the VPN (", name(a), ").")
			j.vpn("Your VPN ("+name(a)+") may hide this computer from "+describe(f.Via)+".", false)
			return
		}
	}
}

func (j *judge) vpn(cause string, bad bool) {
	did := "The QR code shows the address of " + describe(j.f.Via) + "."
	if j.f.Via.Kind == discovery.Tunnel {
		did = "Nothing was changed."
	}
	next := "Pause the VPN, or allow “local network” or “LAN access” in its settings."
	if j.f.Via.Kind == discovery.Tunnel {
		next = "Choose the Wi-Fi or the cable as network, or let the phone join the VPN."
	}
	j.add(Finding{Code: "NET-VPN-01", Bad: bad, Cause: cause, Did: did, Next: next})
}

// reach looks how far the network goes. Where nothing else explains it, the network itself keeps
// devices apart, or the phone is on another one.
func (j *judge) reach() {
	f := j.f
	explained := slices.ContainsFunc(j.out, func(f Finding) bool { return f.Code != "TIME-CLOCK-01" && !strings.HasPrefix(f.Code, "NET-PORT-") })
	place := "the same Wi-Fi as this computer"
	if !f.Via.Wireless {
		place = "the Wi-Fi of the same router"
	}
	if i := slices.IndexFunc(f.Table, func(i discovery.Interface) bool { return i.Name == f.Via.Interface && i.SSID != "" }); i >= 0 {
		place = "the Wi-Fi “" + f.Table[i].SSID + "”"
	}
	switch {
	case f.Router.IsValid() && !f.Answers && f.Via.Kind == discovery.LAN:
		j.note("The router ", f.Router.String(), " does not answer.")
		j.add(Finding{Code: "NET-OFF-01", Cause: "The router does not answer: this computer has an address, but no network.",
			Did: "The router was asked.", Next: "Switch the Wi-Fi off and on, or look at the cable."})
		return
	case f.Router.IsValid():
		j.note("The router ", f.Router.String(), " answers.")
	}
	switch f.Online {
	case OnlinePortal:
		j.note("The network wants a page of its own to be seen first.")
		j.add(Finding{Code: "NET-OFF-02", Cause: "This network wants you to sign in on a page first; such networks often keep devices apart.", Did: "Nothing was changed.",
			Next: "Open any page in the browser and sign in, or make a hotspot with the phone and join it with this computer."})
		return
	case OnlineNone, OnlineLimited:
		j.note("This network has no internet; sharing does not need it, but phones leave such networks by themselves.")
		j.add(Finding{Code: "NET-OFF-03", Cause: "This network has no internet, so that phones leave it by themselves for mobile data.", Did: "Sharing itself needs no internet.",
			Next: "Let the phone stay: answer “Use this network as is”, or switch mobile data off for a moment."})
		return
	}
	if explained || !f.Via.Addr.IsValid() {
		return
	}
	did := "I listen, the address is right, and nothing on this computer is in the way."
	if slices.Contains(f.Late, "firewalls") || slices.ContainsFunc(f.Walls, func(w Wall) bool { return w.Unsure }) {
		did = "I listen, and the address is right. What the firewall of this computer lets in cannot be seen from here."
	}
	j.add(Finding{Code: "NET-WIFI-01", Cause: "Nothing reaches me. Guest Wi-Fi often keeps devices apart.",
		Did:  did,
		Next: "Look whether the phone is on " + place + " and not on mobile data. Else use another Wi-Fi, a hotspot or a cable."})
}
