package group

import (
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/ipv4"

	"portico/backend/discovery/roomtest"
)

func TestMain(m *testing.M) { roomtest.Main(m) }

// plain is a protocol of a few words.
type plain struct{}

func (plain) Groups() []netip.AddrPort {
	return []netip.AddrPort{netip.MustParseAddrPort("239.255.7.7:7007"), netip.MustParseAddrPort("[ff02::7777]:7007")}
}
func (plain) Port() int                 { return 7008 }
func (plain) Every() time.Duration      { return 0 }
func (plain) Worth(self *Self) bool     { return self.Name != "" }
func (plain) Alive(self *Self) [][]byte { return [][]byte{[]byte("here is " + self.Name)} }
func (plain) Gone(self *Self) [][]byte  { return [][]byte{[]byte("gone is " + self.Name)} }
func (plain) Answer(self *Self, b []byte) ([][]byte, bool) {
	return [][]byte{[]byte(self.Name + " at " + self.Page)}, string(b) == "who?"
}
func (plain) Describe(self *Self, w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte(self.Name))
}

// stranger is somebody on a network of the room.
type stranger struct {
	t     *testing.T
	c     *ipv4.PacketConn
	mu    sync.Mutex
	heard []string
}

// stranger listens at an address; in is whether to the group as well.
func strangerAt(t *testing.T, r *roomtest.Room, at, name string, in bool) *stranger {
	s := &stranger{t: t}
	r.In(func() {
		i, err := net.InterfaceByName(name)
		if err != nil {
			t.Fatal(err)
		}
		to := plain{}.Groups()[0]
		where := &net.UDPAddr{IP: net.ParseIP(at)}
		if in {
			where = net.UDPAddrFromAddrPort(to)
		}
		c, err := net.ListenUDP("udp4", where)
		if err != nil {
			t.Fatal(err)
		}
		s.c = ipv4.NewPacketConn(c)
		if in {
			if err := s.c.JoinGroup(i, net.UDPAddrFromAddrPort(to)); err != nil {
				t.Error(err)
			}
		}
		_ = s.c.SetMulticastInterface(i)
		_ = s.c.SetMulticastLoopback(false)
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		b := make([]byte, packetMost)
		for {
			n, _, _, err := s.c.ReadFrom(b)
			if err != nil {
				return
			}
			s.mu.Lock()
			s.heard = append(s.heard, string(b[:n]))
			s.mu.Unlock()
		}
	}()
	t.Cleanup(func() { s.c.Close(); <-done })
	return s
}

func (s *stranger) ask(words string) {
	if _, err := s.c.WriteTo([]byte(words), nil, net.UDPAddrFromAddrPort(plain{}.Groups()[0])); err != nil {
		s.t.Error(err)
	}
}

func (s *stranger) count(words string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.heard {
		if one == words {
			n++
		}
	}
	return n
}

func selfAt(name, on, at string) Self {
	a, _ := netip.ParseAddr(at)
	return Self{Name: name, Interface: on, Addr: a}
}

func voice(t *testing.T) *Voice {
	v := New(plain{}, slog.New(slog.DiscardHandler), nil)
	t.Cleanup(v.Close)
	return v
}

const answer = "Ada at http://192.168.50.1:7008"

// TestVoice: it comes, answers whoever is near and nobody else, and goes; a change elsewhere is not heard.
func TestVoice(t *testing.T) {
	r := roomtest.New(t)
	lan, cafe := strangerAt(t, r, "", "lan0", true), strangerAt(t, r, "", "cafe0", true)
	roomtest.IP(t, "addr add 192.168.52.1/24 dev lan0")
	r.In(func() { roomtest.IP(t, "addr add 10.9.9.9/24 dev lan0") })
	near, far := strangerAt(t, r, "192.168.50.2", "lan0", false), strangerAt(t, r, "10.9.9.9", "lan0", false)
	v := voice(t)
	ada := selfAt("Ada", "lan0", "192.168.50.1")
	v.Wish([]Self{ada, selfAt("", "cafe0", "192.168.51.1"), selfAt("Eve", "gone0", "192.168.99.1"), selfAt("Bob", "cafe0", "192.168.50.1")})
	r.Until("here, twice", func() bool { return lan.count("here is Ada") == 2 })
	far.ask("who?")
	near.ask("what?")
	near.ask("who?")
	r.Until("an answer", func() bool { return near.count(answer) == 1 })
	if asked := v.Asked("lan0"); len(asked) != 1 || asked[0].Address.String() != "192.168.50.2" || far.count(answer) != 0 {
		t.Errorf("%v", asked)
	}
	cafe.ask("who?")
	v.Wish([]Self{ada, selfAt("Bob", "cafe0", "192.168.51.1")})
	r.Until("here too", func() bool { return cafe.count("here is Bob") == 2 && v.On("cafe0") })
	if lan.count("gone is Ada") != 0 || lan.count("here is Ada") > 3 || v.Asked("cafe0") != nil {
		t.Error("what stays as it was was taken back, or a network was heard that nobody approved")
	}
	if got := r.Run("curl", "-sS", "http://192.168.50.1:7008/"); got != "Ada" {
		t.Errorf("%q", got)
	}
	if code := r.Run("curl", "-sS", "--interface", "192.168.51.2", "-o", "/dev/null", "-w", "%{http_code}", "http://192.168.51.1:7008/"); code != "200" {
		t.Errorf("%s", code)
	}
	v.Wish(nil)
	r.Until("gone", func() bool { return lan.count("gone is Ada") == 1 && cafe.count("gone is Bob") == 1 && !v.On("lan0") })
}

// TestInterfaceGoes: an interface that disappears takes nothing with it, and can come back.
func TestInterfaceGoes(t *testing.T) {
	r := roomtest.New(t)
	lan := strangerAt(t, r, "", "lan0", true)
	v := voice(t)
	both := []Self{selfAt("Ada", "lan0", "192.168.50.1"), selfAt("Bob", "cafe0", "192.168.51.1")}
	v.Wish(both)
	r.Until("said", func() bool { return v.On("lan0") && v.On("cafe0") })
	roomtest.IP(t, "link del cafe0")
	v.Wish(both)
	r.Until("one is left", func() bool { return v.On("lan0") && !v.On("cafe0") })
	near := strangerAt(t, r, "192.168.50.2", "lan0", false)
	near.ask("who?")
	r.Until("an answer", func() bool { return near.count(answer) == 1 })
	roomtest.IP(t, "addr del 192.168.50.1/24 dev lan0")
	v.Wish(both)
	r.Until("silence", func() bool { return !v.On("lan0") })
	roomtest.IP(t, "addr add 192.168.50.1/24 dev lan0")
	v.Wish(both)
	r.Until("back", func() bool { return v.On("lan0") && lan.count("here is Ada") >= 3 })
}

// TestSilentReaders: whoever opens the description many times, and says nothing or half of something, keeps
// nobody from reading it, not even at the same address.
func TestSilentReaders(t *testing.T) {
	r := roomtest.New(t)
	for n := range 20 {
		r.In(func() { roomtest.IP(t, "addr add 192.168.50.%d/24 dev lan0", 100+n) })
	}
	v := voice(t)
	v.Wish([]Self{selfAt("Ada", "lan0", "192.168.50.1")})
	r.Until("said", func() bool { return v.On("lan0") })
	ended := make(chan struct{}, 1000)
	var all []net.Conn
	for n := range 60 {
		r.In(func() {
			d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(192, 168, 50, byte(100+n%20))}}
			c, err := d.DialContext(t.Context(), "tcp4", "192.168.50.1:7008")
			if err != nil {
				t.Error(err)
				return
			}
			all = append(all, c)
			if n%2 == 0 {
				_, _ = c.Write([]byte("GET / HTTP/1.1\r\nHost: "))
			}
		})
	}
	for _, c := range all {
		go func() {
			_, _ = c.Read(make([]byte, 1))
			ended <- struct{}{}
		}()
	}
	for _, from := range []string{"192.168.50.100", "192.168.50.2"} {
		if got := r.Run("curl", "-sS", "--interface", from, "http://192.168.50.1:7008/"); got != "Ada" {
			t.Errorf("from %s: %q", from, got)
		}
	}
	r.Until("the oldest were ended", func() bool { return len(ended) >= len(all)-readersMost })
	for _, c := range all {
		c.Close()
	}
	for range all {
		<-ended
	}
}

// TestSix: by IPv6 it is told at the address of the link.
func TestSix(t *testing.T) {
	r := roomtest.New(t)
	v := voice(t)
	v.Wish([]Self{selfAt("Ada", "lan0", "192.168.50.1")})
	c, err := net.InterfaceByName("lan0")
	if err != nil {
		t.Fatal(err)
	}
	own := ""
	r.Until("an address", func() bool {
		at, ok := spotOf(selfAt("Ada", "lan0", ""), plain{}.Groups()[1])
		own = at.self.Addr.WithZone("").String()
		return ok && at.index == c.Index
	})
	r.Until("said there", func() bool {
		return r.Run("curl", "-s", "--max-time", "2", "http://["+own+"%25lan0]:7008/") == "Ada"
	})
	v.Wish(nil)
	r.Until("silence", func() bool { return !v.On("lan0") })
	if got := r.Run("curl", "-s", "--max-time", "2", "http://["+own+"%25lan0]:7008/"); got != "" {
		t.Errorf("%q", got)
	}
}

// TestPortTaken: descriptions move on where somebody has their port.
func TestPortTaken(t *testing.T) {
	r := roomtest.New(t)
	other, err := net.Listen("tcp4", "192.168.50.1:7008")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	near := strangerAt(t, r, "192.168.50.2", "lan0", false)
	v := voice(t)
	v.Wish([]Self{selfAt("Ada", "lan0", "192.168.50.1")})
	r.Until("said", func() bool { return v.On("lan0") })
	near.ask("who?")
	r.Until("an answer", func() bool {
		near.mu.Lock()
		defer near.mu.Unlock()
		return slices.ContainsFunc(near.heard, func(s string) bool { return strings.HasPrefix(s, "Ada at http://192.168.50.1:") && s != answer })
	})
}
