package mdns

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"runtime"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"portico/backend/discovery/roomtest"
)

func speaker(t *testing.T) *Speaker {
	s := New(slog.New(slog.DiscardHandler), nil)
	t.Cleanup(s.Close)
	return s
}

func wish(name string) Wish {
	return wishAt(name, "lan0")
}

func wishAt(name string, interfaces ...string) Wish {
	return Wish{Name: name, Host: "studio.example.org", Services: []Service{
		{Type: "_http._tcp", Port: 3923, Path: "/", Interfaces: interfaces},
		{Type: PorticoService, Port: 3923, Path: "/", Interfaces: interfaces},
	}}
}

const (
	web      = "_http._tcp.local."
	instance = "Büro: Ada's (laptop)." + web
)

// TestComesAndGoes: a stranger's program finds this computer, by service and by name, and hears when it goes.
func TestComesAndGoes(t *testing.T) {
	r := newRoom(t)
	lan, cafe := r.stranger("lan0"), r.stranger("cafe0")
	// Another program of this computer takes part on all networks, as avahi does: Linux then hands
	// everything that comes from there to every socket.
	other := openGroup(t, "cafe0")
	defer other.Close()
	before := descriptors(t)
	s := speaker(t)
	s.Wish(wish("Büro: Ada's (laptop)"))
	r.Until("said", func() bool { return s.Said().On("lan0") })
	if got := s.Said(); got.Instance != "Büro: Ada's (laptop)" || got.Host != "studio" || got.On("cafe0") {
		t.Errorf("%+v", got)
	}
	r.Until("announced", func() bool { return lan.has(isPointer(web, instance)) })

	cafe.ask(web, dnsmessage.TypePTR)
	cafe.ask("studio.local.", dnsmessage.TypeA)
	lan.forget()
	for what, one := range map[string]struct {
		name string
		of   dnsmessage.Type
		is   func(*dnsmessage.Resource) bool
	}{
		"browse":              {web, dnsmessage.TypePTR, isPointer(web, instance)},
		"browse for Porticos": {"_portico._tcp.local.", dnsmessage.TypePTR, isPointer("_portico._tcp.local.", "Büro: Ada's (laptop)._portico._tcp.local.")},
		"look up":             {instance, dnsmessage.TypeSRV, isService(instance, "studio.local.", 3923)},
		"path":                {instance, dnsmessage.TypeTXT, isText(instance, "path=/")},
		"name":                {"Studio.local.", dnsmessage.TypeA, isAddress("studio.local.", "192.168.50.1")},
	} {
		lan.forget()
		lan.ask(one.name, one.of)
		r.Until(what, func() bool {
			if lan.has(one.is) {
				return true
			}
			time.Sleep(200 * time.Millisecond)
			lan.ask(one.name, one.of)
			return false
		})
	}
	// What the café asked came first, so it was heard by now.
	if n := cafe.count(); n > 0 {
		t.Errorf("%d records were told to a network that nobody approved", n)
	}
	s.Close()
	r.Until("goodbye", func() bool { return lan.has(isGone(instance)) })
	r.Until("sockets closed", func() bool { return descriptors(t) <= before })
}

// TestLegacy: whoever asks from another port, as dig does, is answered alone, with the question.
func TestLegacy(t *testing.T) {
	r := newRoom(t)
	s := speaker(t)
	s.Wish(wish("Studio"))
	r.Until("said", func() bool { return s.Said().Host != "" })
	var c *net.UDPConn
	r.In(func() {
		var err error
		if c, err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(192, 168, 50, 2)}); err != nil {
			t.Error(err)
		}
	})
	defer c.Close()
	m := dnsmessage.Message{Header: dnsmessage.Header{ID: 4711}, Questions: []dnsmessage.Question{question("studio.local.", dnsmessage.TypeA)}}
	packet, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	_ = c.SetReadDeadline(time.Now().Add(15 * time.Second))
	if _, err := c.WriteTo(packet, net.UDPAddrFromAddrPort(group4())); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, packetMost)
	n, err := c.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	var got dnsmessage.Message
	if err := got.Unpack(b[:n]); err != nil || got.ID != 4711 || len(got.Questions) != 1 || len(got.Answers) != 1 || got.Answers[0].Header.TTL > 10 {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestOneChanges: services that stay are not withdrawn when others come, go and move.
func TestOneChanges(t *testing.T) {
	r := newRoom(t)
	lan := r.stranger("lan0")
	s := speaker(t)
	w := wish("Studio")
	s.Wish(w)
	const all, ftp = "Studio." + web, "Studio._ftp._tcp.local."
	r.Until("said twice", func() bool { return lan.times(isService(all, "studio.local.", 3923)) == 2 })
	http, portico := w.Services[0], w.Services[1]
	at := func(port int) Service {
		return Service{Type: "_ftp._tcp", Port: port, Path: "/", Interfaces: []string{"lan0"}}
	}
	for _, step := range []struct {
		services []Service
		is       func(*dnsmessage.Resource) bool
	}{
		{[]Service{http, portico, at(21)}, isService(ftp, "studio.local.", 21)},
		{[]Service{http, portico, at(2121)}, isService(ftp, "studio.local.", 2121)},
		{[]Service{portico, http}, isGone(ftp)},
		{[]Service{portico, http, at(22)}, isService(ftp, "studio.local.", 22)},
	} {
		lan.forget()
		w.Services = step.services
		s.Wish(w)
		r.Until("the change", func() bool {
			return lan.has(step.is) && s.Said().Host != "" && len(s.Said().Services) == len(step.services)
		})
		if lan.has(isGone(all)) {
			t.Error("a service that stays was withdrawn")
		}
	}
	lan.answers(func(q dnsmessage.Question) []dnsmessage.Resource {
		if name := q.Name.String(); name == "Studio._smb._tcp.local." {
			return []dnsmessage.Resource{service(name, "other.local.", 445)}
		}
		return nil
	})
	w.Services = append(w.Services, Service{Type: "_smb._tcp", Port: 4455, Interfaces: []string{"lan0"}})
	s.Wish(w)
	r.Until("a number for all, as somebody has the name of the new one", func() bool {
		return s.Said().Instance == "Studio (2)" && lan.has(isPointer(web, "Studio (2)."+web))
	})
	if !lan.has(isGone(all)) {
		t.Error("the name without a number was not withdrawn")
	}
}

// TestKnownAnswers: what an asker knows is not said again, and who wants to be answered alone is.
func TestKnownAnswers(t *testing.T) {
	r := newRoom(t)
	lan := r.stranger("lan0")
	s := speaker(t)
	s.Wish(wish("Studio"))
	r.Until("said twice", func() bool { return lan.times(isService("Studio."+web, "studio.local.", 3923)) == 2 })
	lan.forget()
	// A name that package dnsmessage does not read, before ours.
	lan.raw([]byte("\x00\x00\x00\x00\x00\x02\x00\x01\x00\x00\x00\x00\x06Dr. No\x05_http\x04_tcp\x05local\x00\x00\x21\x00\x01" +
		"\x06studio\x05local\x00\x00\x01\x00\x01\xc0\x13\x00\x0c\x00\x01\x00\x00\x11\x94\x00\x02\xc0\x0c"))
	r.Until("an answer after a strange name", func() bool { return lan.has(isAddress("studio.local.", "192.168.50.1")) })
	lan.forget()
	known := dnsmessage.Message{Questions: []dnsmessage.Question{question(web, dnsmessage.TypePTR)}}
	known.Answers = []dnsmessage.Resource{pointer(web, "Studio."+web)}
	known.Answers[0].Header.TTL = restTTL
	lan.send(known)
	lan.ask(allTypes, dnsmessage.TypePTR)
	r.Until("the types", func() bool {
		return lan.has(isPointer(allTypes, web)) && lan.has(isPointer(allTypes, PorticoService+".local."))
	})
	if lan.has(isPointer(web, "Studio."+web)) {
		t.Error("what was known was said again")
	}
	// What an asker knows may come in a second packet.
	lan.forget()
	first := dnsmessage.Message{Header: dnsmessage.Header{Truncated: true}, Questions: known.Questions}
	lan.send(first)
	lan.send(dnsmessage.Message{Answers: known.Answers})
	lan.ask(web, dnsmessage.TypePTR)
	r.Until("an answer to whoever does not know", func() bool { return lan.has(isPointer(web, "Studio."+web)) })
	first.Questions = []dnsmessage.Question{question(PorticoService+".local.", dnsmessage.TypePTR)}
	lan.send(first)
	r.Until("an answer to a later question", func() bool { return lan.has(isPointer(PorticoService+".local.", "Studio."+PorticoService+".local.")) })
	if n := lan.times(isPointer(web, "Studio."+web)); n != 1 {
		t.Errorf("said %d times", n)
	}
	q := question("Studio."+web, dnsmessage.TypeSRV)
	q.Class |= flush
	lan.send(dnsmessage.Message{Questions: []dnsmessage.Question{q}})
	r.Until("an answer to one alone", func() bool { return lan.has(isService("Studio."+web, "studio.local.", 3923)) })
}

// TestAsked: who looked for this computer is known, and nobody who looked for somebody else.
func TestAsked(t *testing.T) {
	r := newRoom(t)
	lan, cafe := r.stranger("lan0"), r.stranger("cafe0")
	s := speaker(t)
	s.Wish(wish("Studio"))
	r.Until("said", func() bool { return s.Said().Host != "" })
	lan.ask("_ipp._tcp.local.", dnsmessage.TypePTR)
	cafe.ask(web, dnsmessage.TypePTR)
	lan.forget()
	lan.ask("studio.local.", dnsmessage.TypeA)
	r.Until("an answer", func() bool { return lan.has(isAddress("studio.local.", "192.168.50.1")) })
	first := s.Asked("lan0")
	if len(first) != 1 || first[0].Address.String() != "192.168.50.2" {
		t.Fatalf("%v", first)
	}
	lan.ask("_HTTP._tcp.local.", dnsmessage.TypePTR)
	r.Until("the next", func() bool { return s.Asked("lan0")[0].When.After(first[0].When) })
	if s.Asked("cafe0") != nil {
		t.Error("a network that nobody approved was listened to")
	}
	if s.Forget(); s.Asked("lan0") != nil {
		t.Error("nothing is forgotten")
	}
}

// TestNumber: names that somebody else has get a number, and so does one that is claimed later with
// better right; with worse right it is kept.
func TestNumber(t *testing.T) {
	r := newRoom(t)
	lan := r.stranger("lan0")
	lan.answers(func(q dnsmessage.Question) []dnsmessage.Resource {
		switch name := q.Name.String(); name {
		case "Studio._http._tcp.local.":
			return []dnsmessage.Resource{service(name, "other.local.", 80)}
		case "studio.local.":
			return []dnsmessage.Resource{address(name, "192.168.50.2")}
		}
		return nil
	})
	s := speaker(t)
	s.Wish(wish("Studio"))
	r.Until("said", func() bool { return s.Said().Host != "" })
	if got := s.Said(); got.Instance != "Studio (2)" || got.Host != "studio-2" {
		t.Errorf("%+v", got)
	}
	lan.say(service("Studio (2)._http._tcp.local.", "other.local.", 1))     // a lower port: ours stays
	lan.say(service("Studio (2)._http._tcp.local.", "other.local.", 65000)) // a higher one: ours goes
	r.Until("the next number", func() bool {
		return s.Said().Instance == "Studio (3)" && lan.has(isPointer(web, "Studio (3)."+web))
	})
	if lan.has(isGone("Studio (2)._http._tcp.local.")) || !lan.has(isGone("Studio (2)."+PorticoService+".local.")) {
		t.Error("what is taken back is not what was ours alone")
	}
	lan.say(address("studio-2.local.", "192.168.50.0"), address("studio-2.local.", "192.168.50.9"))
	r.Until("the next host", func() bool { return s.Said().Host == "studio-3" })
	if got := s.Said(); got.Instance != "Studio (3)" {
		t.Errorf("%+v", got)
	}
}

// TestEveryNameIsClaimed: somebody who claims whatever is asked for does not keep us silent.
func TestEveryNameIsClaimed(t *testing.T) {
	r := newRoom(t)
	lan := r.stranger("lan0")
	lan.answers(func(q dnsmessage.Question) []dnsmessage.Resource {
		return []dnsmessage.Resource{service(q.Name.String(), "other.local.", 65535), address(q.Name.String(), "192.168.50.254")}
	})
	s := speaker(t)
	s.gap = 10 * time.Millisecond
	s.Wish(wish("Studio"))
	r.Until("said", func() bool { return s.Said().Instance == "Studio (9)" && s.Said().Host == "studio-9" })
}

// TestFiftyChanges: a computer that roams for long has as many sockets and goroutines as at its begin.
func TestFiftyChanges(t *testing.T) {
	r := newRoom(t)
	lan := r.stranger("lan0")
	s := speaker(t)
	s.gap = time.Millisecond
	s.Wish(wish("Studio"))
	r.Until("said", func() bool { return s.Said().Host != "" })
	first := descriptors(t)
	for n := range 50 {
		at := fmt.Sprintf("10.9.%d.1", n)
		roomtest.IP(t, "addr add %s/24 dev lan0", at)
		r.In(func() { roomtest.IP(t, "addr add 10.9.%d.2/24 dev lan0", n) })
		s.Wish(wish("Studio"))
		r.Until("the address is told", func() bool { return lan.has(isAddress("studio.local.", at)) })
		roomtest.IP(t, "addr del %s/24 dev lan0", at)
	}
	s.Wish(wish("Studio"))
	r.Until("all is as it was", func() bool {
		return s.Said().Instance == "Studio" && descriptors(t) <= first && runtime.NumGoroutine() < 30
	})
}

// TestInterfaceGoes: an interface that disappears takes nothing with it.
func TestInterfaceGoes(t *testing.T) {
	r := newRoom(t)
	s := speaker(t)
	s.gap = time.Millisecond
	w := wishAt("Studio", "lan0", "cafe0", "gone0")
	s.Wish(w)
	r.Until("said", func() bool { return s.Said().On("lan0") && s.Said().On("cafe0") })
	roomtest.IP(t, "link del cafe0")
	s.Wish(w)
	r.Until("one is left", func() bool { return s.Said().On("lan0") && !s.Said().On("cafe0") })
	s.Wish(Wish{})
	r.Until("silence", func() bool { return s.Said().Host == "" })
}

// TestGarbage: thousands of broken packets, then a question that is answered.
func TestGarbage(t *testing.T) {
	r := newRoom(t)
	lan := r.stranger("lan0")
	s := speaker(t)
	s.Wish(wish("Studio"))
	r.Until("said", func() bool { return s.Said().Host != "" })
	random := rand.New(rand.NewPCG(1, 2))
	var seeds [][]byte
	for _, m := range []dnsmessage.Message{
		{Questions: []dnsmessage.Question{question(web, dnsmessage.TypePTR), question("studio.local.", anything)}, Answers: []dnsmessage.Resource{pointer(web, "Studio."+web)}},
		{Header: dnsmessage.Header{Response: true}, Answers: []dnsmessage.Resource{service("Studio."+web, "studio.local.", 9), address("studio.local.", "192.168.50.1")}},
		{Questions: []dnsmessage.Question{question("Studio."+web, dnsmessage.TypeSRV)}},
	} {
		packet, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		seeds = append(seeds, packet)
	}
	for n := range 3000 {
		packet := append([]byte(nil), seeds[n%len(seeds)]...)
		for range 1 + random.IntN(6) {
			packet[random.IntN(len(packet))] = byte(random.IntN(256))
		}
		if packet[2]&0x80 != 0 {
			packet = packet[:12+random.IntN(len(packet)-12)] // a whole response might be a claim
		}
		lan.raw(packet[:random.IntN(len(packet)+1)])
	}
	lan.forget()
	r.Until("an answer", func() bool {
		lan.ask(s.Said().Host+".local.", dnsmessage.TypeA)
		time.Sleep(50 * time.Millisecond)
		return lan.has(isAddress(s.Said().Host+".local.", "192.168.50.1"))
	})
	lan.forget()
	r.Until("the service", func() bool {
		lan.ask(web, dnsmessage.TypePTR)
		time.Sleep(50 * time.Millisecond)
		return lan.has(isPointer(web, s.Said().Instance+"."+web))
	})
}
