package mdns

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/net/ipv6"

	"portico/backend/discovery/roomtest"
)

// TestSameTime: of two programs of this computer that want the same name at once one gets it, and they
// share the host's name, which is that of both.
func TestSameTime(t *testing.T) {
	r := newRoom(t)
	lan := r.stranger("lan0")
	low, high := speaker(t), speaker(t)
	w := wish("Studio")
	low.Wish(w)
	w.Services = []Service{{Type: "_http._tcp", Port: 3924, Path: "/", Interfaces: []string{"lan0"}}}
	high.Wish(w)
	r.Until("both are said", func() bool {
		return low.Said().Instance == "Studio (2)" && high.Said().Instance == "Studio" && low.Said().Host == "studio" && high.Said().Host == "studio"
	})
	lan.forget()
	lan.ask(web, dnsmessage.TypePTR)
	r.Until("both answer", func() bool {
		return lan.has(isPointer(web, "Studio (2)."+web)) && lan.has(isPointer(web, "Studio."+web))
	})
	high.Close()
	r.Until("one is gone", func() bool { return lan.has(isGone("Studio." + web)) })
	if lan.has(isGone("Studio (2)." + web)) {
		t.Error("the other one was withdrawn")
	}
}

// TestBesideAvahi: the speaker of this computer's desktop keeps its name, which is ours as well, whoever
// of both comes first.
func TestBesideAvahi(t *testing.T) {
	for _, first := range []bool{true, false} {
		t.Run(fmt.Sprintf("avahi first %v", first), func(t *testing.T) {
			r := newRoom(t)
			roomtest.IP(t, "addr add fd50::1/64 dev lan0 nodad")
			lan := r.stranger("lan0")
			s := speaker(t)
			var a *avahi
			steps := []func(){
				func() {
					a = r.avahi("host-name=studio\nallow-interfaces=lan0\n", func(f func()) { f() })
					r.Until("avahi has its name", func() bool { return a.host() != "" })
				},
				func() {
					s.Wish(wish("Studio"))
					r.Until("said twice", func() bool { return lan.times(isService("Studio."+web, "studio.local.", 3923)) >= 2 })
				},
			}
			if !first {
				slices.Reverse(steps)
			}
			for _, step := range steps {
				step()
			}
			lan.forget()
			lan.ask("studio.local.", dnsmessage.TypeA)
			r.Until("the name", func() bool { return lan.has(isAddress("studio.local.", "192.168.50.1")) })
			if name := a.host(); name != "studio" || s.Said().Host != "studio" {
				t.Errorf("avahi: %q, we: %+v", name, s.Said())
			}
		})
	}
}

// host is the name that avahi has now, once it is sure of it; "" before.
func (a *avahi) host() string {
	const running = "int32 2"
	if state := a.call("GetState"); state != running {
		return ""
	}
	return a.call("GetHostName")
}

func (a *avahi) call(what string) string {
	said, _ := a.command("dbus-send", "--system", "--print-reply=literal", "--dest=org.freedesktop.Avahi", "/", "org.freedesktop.Avahi.Server."+what).Output()
	return strings.TrimSpace(string(said))
}

// TestSix: who speaks IPv6 alone finds this computer, by the addresses that it has there.
func TestSix(t *testing.T) {
	r := newRoom(t)
	roomtest.IP(t, "addr add fd50::1/64 dev lan0 nodad")
	var c *ipv6.PacketConn
	r.In(func() {
		roomtest.IP(t, "addr flush dev lan0")
		roomtest.IP(t, "addr add fe80::2/64 dev lan0 nodad")
		i, err := net.InterfaceByName("lan0")
		if err != nil {
			t.Error(err)
			return
		}
		socket, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.ParseIP("ff02::"), Port: port})
		if err != nil {
			t.Error(err)
			return
		}
		c = ipv6.NewPacketConn(socket)
		if err := c.JoinGroup(i, net.UDPAddrFromAddrPort(group6())); err != nil {
			t.Error(err)
		}
		_ = c.SetMulticastInterface(i)
	})
	if c == nil {
		return
	}
	defer c.Close()
	s := speaker(t)
	s.Wish(wish("Studio"))
	r.Until("said", func() bool { return s.Said().Host != "" })
	ask := dnsmessage.Message{Questions: []dnsmessage.Question{question(web, dnsmessage.TypePTR), question("studio.local.", dnsmessage.TypeAAAA)}}
	packet, err := ask.Pack()
	if err != nil {
		t.Fatal(err)
	}
	heard := map[string]bool{}
	b := make([]byte, packetMost)
	r.Until("answers", func() bool {
		_, _ = c.WriteTo(packet, nil, net.UDPAddrFromAddrPort(group6()))
		_ = c.SetReadDeadline(time.Now().Add(300 * time.Millisecond))
		for {
			n, _, _, err := c.ReadFrom(b)
			if err != nil {
				return heard["fd50::1"] && heard["Studio."+web] && len(s.Asked("lan0")) == 1
			}
			var m dnsmessage.Message
			if m.Unpack(b[:n]) != nil || !m.Response {
				continue
			}
			for _, one := range m.Answers {
				switch body := one.Body.(type) {
				case *dnsmessage.AAAAResource:
					heard[netip.AddrFrom16(body.AAAA).String()] = true
				case *dnsmessage.PTRResource:
					heard[body.PTR.String()] = true
				}
			}
		}
	})
	if who := s.Asked("lan0")[0].Address; who.String() != "fe80::2" {
		t.Error(who)
	}
}

// TestNothingElse: whoever wants what a name of ours has not is told so, with what it has.
func TestNothingElse(t *testing.T) {
	r := newRoom(t)
	roomtest.IP(t, "addr add fd50::1/64 dev lan0 nodad")
	lan := r.stranger("lan0")
	s := speaker(t)
	s.Wish(wish("Studio"))
	r.Until("said twice", func() bool { return lan.times(isService("Studio."+web, "studio.local.", 3923)) == 2 })
	for name, bits := range map[string]string{
		"studio.local.": "\x06studio\x05local\x00\x00\x04\x40\x00\x00\x08",                      // A, AAAA
		"Studio." + web: "\x06Studio\x05_http\x04_tcp\x05local\x00\x00\x05\x00\x00\x80\x00\x40", // TXT, SRV
	} {
		lan.forget()
		for of := range dnsmessage.Type(200) {
			if of += 50; of != anything {
				lan.ask(name, of)
			}
		}
		is := func(one *dnsmessage.Resource) bool {
			body, ok := one.Body.(*dnsmessage.UnknownResource)
			return ok && named(one, name) && body.Type == nsec && string(body.Data) == bits
		}
		r.Until("nothing else", func() bool { return lan.has(is) })
		if n := lan.times(is); n > 100 {
			t.Errorf("%s: said %d times", name, n)
		}
	}
}
