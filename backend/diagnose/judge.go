package diagnose

import (
	"slices"
	"strconv"
	"strings"

	"portico/backend/discovery"
)

// Judge says what the facts mean. What is certainly in the way comes first; what somebody's arrival
// proves wrong is left out. No code stands twice.
func Judge(q *Question, f *Facts) Report {
	j := judge{q: q, f: f, port: strconv.Itoa(int(f.way(q).Port))}
	j.share()
	if j.door() {
		j.address()
		j.clock()
		if !j.came() {
			j.walls()
			j.tunnel()
			j.reach()
		}
	}
	slices.SortStableFunc(j.out, func(a, b Finding) int { return order(a.Bad) - order(b.Bad) })
	return Report{Findings: once(j.out, func(f Finding) string { return f.Code }), Tested: once(j.tested, func(s string) string { return s }), Seen: j.seen()}
}

// once keeps the first of each name: a code stands for one finding, which can be mended by it. What is
// left out is found when that was mended.
func once[T any](list []T, name func(T) string) (out []T) {
	seen := make(map[string]bool)
	for _, one := range list {
		if !seen[name(one)] {
			seen[name(one)] = true
			out = append(out, one)
		}
	}
	return out
}

func order(bad bool) int {
	if bad {
		return 0
	}
	return 1
}

type judge struct {
	q      *Question
	f      *Facts
	port   string
	out    []Finding
	tested []string
}

func (j *judge) add(f Finding)        { j.out = append(j.out, f) }
func (j *judge) note(words ...string) { j.tested = append(j.tested, strings.Join(words, "")) }

// seen is who came last.
func (j *judge) seen() *Sighting {
	last := j.q.Visit
	if j.q.Knock.At.After(last.At) && j.q.Knock.Remote != last.Remote {
		last = j.q.Knock
	}
	if last.At.IsZero() {
		return nil
	}
	return &last
}

// share looks whether the share opens for anybody.
func (j *judge) share() {
	s := j.q.Share
	title := "“" + s.Title + "”"
	none := "Nothing was changed."
	switch {
	case s.ID == "" && j.q.Unapproved == "":
		return
	case s.Absent != "":
		j.add(Finding{Code: "VOL-GONE-01", Bad: true, Cause: "The drive “" + s.Absent + "” is not connected.",
			Did: "The share waits; visitors read the same words.", Next: "Connect the drive; nothing else needs to be done."})
	case s.State == "paused":
		j.add(Finding{Code: "LINK-PAUSE-01", Bad: true, Cause: title + " is paused.", Did: none, Next: "Resume it."})
	case s.State == "expired":
		j.add(Finding{Code: "LINK-OVER-01", Bad: true, Cause: title + " has expired.", Did: none, Next: "Give it more time, or share it anew."})
	case s.State == "used up":
		j.add(Finding{Code: "LINK-OVER-02", Bad: true, Cause: title + " was opened as often as it may be.", Did: none, Next: "Allow more visitors, or share it anew."})
	case s.State == "gone":
		j.add(Finding{Code: "LINK-GONE-01", Bad: true, Cause: title + " " + s.Why + ".", Did: none, Next: "Share it anew."})
	case j.q.Unapproved != "":
		j.add(Finding{Code: "NET-MOVED-02", Bad: true, Cause: "Links pause on the network “" + j.q.Unapproved + "”, which nobody approved.",
			Did: "Visitors from there see nothing.", Next: "Approve the network if you trust it.",
			Fix: &Fix{Title: "Share on this network", Command: ApproveLine(j.q.Unapproved), Ours: true}})
		if s.ID == "" {
			j.note("Links pause on the network that the QR code leads to.")
			return
		}
	default:
		j.note("The share ", title, " is open.")
		return
	}
	j.note("The share ", title, " does not open for visitors.")
}

// ApproveLine is the command that approves a network.
func ApproveLine(name string) string { return "portico network approve " + quoted(name) }

// quoted is a name as a shell takes it.
func quoted(name string) string {
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == "" {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// door looks whether there is anything to come through.
func (j *judge) door() bool {
	d := j.q.Door
	for _, r := range d.Refused {
		j.refused(r)
	}
	switch {
	case len(d.Addrs) > 0:
		var at []string
		for _, a := range d.Addrs {
			at = append(at, a.String())
		}
		j.note("The web door listens at ", strings.Join(at, ", "), ".")
		return true
	case d.Off:
		j.add(Finding{Code: "NET-DOOR-02", Bad: true, Cause: "The web door is off: nobody can open a link.", Did: "Nothing was changed.", Next: "Turn on Web under Services."})
	case len(d.Refused) == 0:
		cause := d.Problem
		if cause == "" {
			cause = "it did not open"
		}
		j.add(Finding{Code: "NET-DOOR-03", Bad: true, Cause: "The web door is not open: " + cause + ".", Did: "Nothing was changed.", Next: "Choose another port under Services."})
	}
	j.note("The web door is closed.")
	return false
}

// refused tells of a port that could not be had.
func (j *judge) refused(r Refusal) {
	port := r.Addr[strings.LastIndexByte(r.Addr, ':')+1:]
	now := ""
	if len(j.q.Door.Addrs) > 0 {
		now = strconv.Itoa(int(j.q.Door.Addrs[0].Port()))
	}
	f := Finding{Code: "NET-PORT-01", Bad: now == "", Cause: "Port " + port + " is used by another program.", Next: "Choose another port, or end that program."}
	if r.Holder != "" {
		f.Cause = "Port " + port + " is used by " + r.Holder + "."
	}
	if r.Forbidden {
		f.Code, f.Cause, f.Next = "NET-PORT-02", "Port "+port+" needs administrator rights.", "Choose a port above 1023."
	}
	if f.Did = "Nobody can come in until another port is chosen."; now != "" {
		f.Did, f.Next = "I am using "+now+"; the QR code is right.", "Nothing needs to be done. Links with the old port do not work."
	}
	j.add(f)
	j.note(strings.TrimSuffix(f.Cause, "."), ".")
}

// address looks whether the address that the QR code shows leads here.
func (j *judge) address() {
	f, at := j.f, j.f.Target.Addr()
	host := at.String()
	switch {
	case len(discovery.Rank(f.Table)) == 0 && f.Networks == nil && !slices.Contains(f.Late, "networks"):
		j.add(Finding{Code: "NET-NONE-01", Bad: true, Cause: "This computer is on no network.", Did: "Only this computer itself can open the link.",
			Next: "Connect it to the Wi-Fi of the phone, or make a hotspot."})
		j.note("No network interface is up.")
		return
	case !at.IsValid() || j.q.Fixed && !f.Via.Addr.IsValid():
		if j.q.URL != "" {
			j.note("The QR code shows ", j.q.URL, ", as the settings say; what stands between was not looked at.")
		}
		return
	case at.IsLoopback():
		j.add(Finding{Code: "NET-ADDR-03", Bad: true, Cause: "The web door listens for this computer alone (" + host + ").", Did: "Nothing was changed.",
			Next: "Let it listen on all addresses: http.addr = \":" + strconv.Itoa(int(f.Target.Port())) + "\" in the settings."})
		j.note("The QR code shows ", host, ", which leads every device to itself.")
		return
	case !f.Via.Addr.IsValid():
		j.add(Finding{Code: "NET-ADDR-01", Bad: true, Cause: "The QR code shows " + host + ", which is no address of this computer any more.",
			Did: "New addresses are taken by themselves.", Next: "Close the QR code and show it again."})
		j.note(host, " belongs to no interface that is up.")
		return
	}
	j.note("The QR code shows ", host, ", which is ", describe(f.Via), " (", f.Via.Interface, ").")
	switch f.Via.Kind {
	case discovery.Tunnel:
		j.vpn("The QR code shows the address of a VPN ("+f.Via.Interface+"): who is not in it cannot open it.", true)
	case discovery.Virtual:
		j.add(Finding{Code: "NET-ADDR-04", Bad: true, Cause: "The QR code shows an address inside this computer (" + f.Via.Interface + "), meant for virtual machines.",
			Did: "Nothing was changed.", Next: "Choose the Wi-Fi or the cable as network."})
	}
	if at.IsLinkLocalUnicast() {
		j.add(Finding{Code: "NET-ADDR-05", Cause: "No router gave this computer an address.", Did: "The link works only for what hangs on the same cable.",
			Next: "Look whether the router is on, then switch the network off and on."})
	}
	switch {
	case f.Tried && f.Self != nil:
		j.add(Finding{Code: "NET-ADDR-02", Bad: true, Cause: "Nothing answers at " + f.Target.String() + ", not even for this computer itself.",
			Did: "A connection was tried.", Next: "Let the web door listen on all addresses (http.addr), or choose the network it listens on."})
		j.note("A connection of this computer to itself failed.")
	case f.Tried:
		j.note("This computer reaches itself there.")
	}
}

func describe(a discovery.Address) string {
	switch {
	case a.Kind == discovery.Hotspot:
		return "a hotspot of this computer"
	case a.Kind == discovery.Tether:
		return "a phone that shares its connection"
	case a.Kind == discovery.Tunnel:
		return "a VPN"
	case a.Kind == discovery.Virtual:
		return "a network inside this computer"
	case a.Wireless:
		return "the Wi-Fi"
	}
	return "the cable"
}

// came looks whether somebody arrived since somebody waits.
func (j *judge) came() bool {
	q := j.q
	switch {
	case q.Share.Waits != "":
		j.note(q.Share.Waits, " has opened the link, and waits to be let in.")
		j.add(Finding{Code: "LINK-ASK-01", Bad: true, Cause: q.Share.Waits + " waits to be let into “" + q.Share.Title + "”.", Did: "You were asked, because this share asks before each new device.",
			Next: "Answer it: in the window, or by portico asking."})
		return true
	case !q.Visit.At.IsZero() && !q.Visit.At.Before(q.Since):
		j.note(q.Visit.Name, " opened it from ", q.Visit.Remote, ".")
		return true
	case !q.Knock.At.IsZero() && !q.Knock.At.Before(q.Since):
		j.note("A connection came from ", q.Knock.Remote, ".")
		if q.Share.Password && q.Share.State == "open" {
			j.add(Finding{Code: "LINK-PASS-02", Cause: q.Knock.Remote + " reaches this computer, but has not given the password of “" + q.Share.Title + "” yet.",
				Did: "The page asks for it.", Next: "Tell them the password, or scan the code again if another page is shown."})
			return true
		}
		j.add(Finding{Code: "NET-PAGE-01", Cause: q.Knock.Remote + " reaches this computer, but has not opened the link.", Did: "Network and firewall are fine: something came from there.",
			Next: "Scan the code again. If the address was typed: it begins with http://, not https://, and ends with the whole key."})
		return true
	}
	j.note("Nothing came from any other device.")
	return false
}
