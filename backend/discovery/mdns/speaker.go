package mdns

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"portico/backend/discovery"
)

// PorticoService is the type of service by which Porticos find each other.
const PorticoService = "_portico._tcp"

// Wish is what others shall be told. The zero value is: nothing.
type Wish struct {
	Name     string // of this computer, as people read it
	Host     string // of this computer, as the system calls it
	Services []Service
}

// Said is what others are told now.
type Said struct {
	Instance   string // the name, with a number where somebody else has it already
	Host       string // this computer is Host.local; "" where nobody is told
	Interfaces []string
	Services   []Service // of their interfaces those that take part
}

// On reports whether others are told on an interface.
func (s Said) On(name string) bool { return slices.Contains(s.Interfaces, name) }

// There returns what is told on an interface.
func (s Said) There(name string) (out []Service) {
	for _, one := range s.Services {
		if slices.Contains(one.Interfaces, name) {
			out = append(out, one)
		}
	}
	return out
}

// Speaker says what is wished. Its methods may be called from many goroutines.
type Speaker struct {
	log     *slog.Logger
	changed func()
	askers  discovery.Askers

	mu   sync.Mutex
	wish Wish
	said Said

	wake chan struct{}
	life context.Context
	end  context.CancelFunc
	work sync.WaitGroup

	peers peers

	// Of the worker alone.
	gap    time.Duration // between two questions whether a name is free
	ear    *ear
	ours   names
	state  []string // names and interfaces as they were when it began to speak
	again  *time.Timer
	number int // of the name
	label  int // of the host
}

const (
	namesMost = 9                      // somebody who claims every name gets this far
	probeGap  = 250 * time.Millisecond // RFC 6762, 8.1
	repeatGap = time.Second            // … 8.3
)

// New makes a Speaker that says nothing yet. changed, if not nil, is called when Said or Asked has changed.
func New(log *slog.Logger, changed func()) *Speaker {
	if changed == nil {
		changed = func() {}
	}
	s := &Speaker{log: log, changed: changed, wake: make(chan struct{}, 1), number: 1, label: 1, gap: probeGap}
	s.life, s.end = context.WithCancel(context.Background())
	s.work.Go(s.run)
	return s
}

// Wish changes what is said, soon after.
func (s *Speaker) Wish(w Wish) {
	s.mu.Lock()
	s.wish = w
	s.mu.Unlock()
	s.poke()
}

func (s *Speaker) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Said returns what is said now.
func (s *Speaker) Said() Said {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said
}

// Asked returns who looked for this computer or its services on an interface, the latest first.
func (s *Speaker) Asked(name string) []discovery.Asker { return s.askers.On(name) }

// Forget forgets who asked: this computer is somewhere else.
func (s *Speaker) Forget() { s.askers.Forget() }

func (s *Speaker) heardOf(name string, from netip.Addr) {
	if s.askers.Heard(name, from, time.Now()) {
		s.changed()
	}
}

// Close takes back what was said.
func (s *Speaker) Close() {
	s.end()
	s.work.Wait()
}

func (s *Speaker) run() {
	defer s.silence()
	s.again = time.NewTimer(0)
	<-s.again.C
	defer s.again.Stop()
	for {
		var clash <-chan clash
		if s.ear != nil {
			clash = s.ear.clashes
		}
		select {
		case <-s.life.Done():
			return
		case c := <-clash:
			s.giveWay(c)
		case <-s.wake:
			s.follow()
		case <-s.again.C:
			if s.ear != nil {
				s.ear.tell(&s.ours, s.ours.services, false)
			}
		}
	}
}

// follow says what is wished now, if that is something else than before. Where only services changed,
// nothing is taken back of the others.
func (s *Speaker) follow() {
	s.mu.Lock()
	w := s.wish
	s.mu.Unlock()
	list, state := speakable(w)
	if s.ear != nil && slices.Equal(state, s.state) {
		if reflect.DeepEqual(present(w.Services, list), s.ours.services) || s.change(w, list) {
			return
		}
	}
	if s.ear == nil && state == nil {
		return
	}
	if !sameNames(state, s.state) {
		s.number, s.label = 1, 1
	}
	s.silence()
	s.state = state
	if len(list) > 0 {
		s.speak(w, list)
	}
	s.changed()
}

// change replaces the services while the names stay; false where somebody has the name of a new one.
func (s *Speaker) change(w Wish, list []net.Interface) bool {
	services := present(w.Services, list)
	wanted := s.ours
	wanted.services = without(services, s.ours.services, false)
	if len(wanted.services) > 0 && len(s.taken(wanted, false)) > 0 {
		if s.number < namesMost {
			s.number++
		}
		return false
	}
	old := s.ours
	s.ear.tell(&old, without(old.services, services, false), true)
	s.ours.services = services
	s.ear.own(s.ours)
	s.announce(list, without(services, old.services, true))
	s.changed()
	return true
}

// present are services with those of their interfaces that are in a list.
func present(services []Service, list []net.Interface) (out []Service) {
	for _, s := range services {
		s.Interfaces = slices.DeleteFunc(slices.Clone(s.Interfaces), func(name string) bool {
			return !slices.ContainsFunc(list, func(i net.Interface) bool { return i.Name == name })
		})
		if len(s.Interfaces) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// speakable returns the interfaces of a wish that can be spoken on, and everything but the services that,
// when it changes, makes it necessary to begin anew.
func speakable(w Wish) (list []net.Interface, state []string) {
	state = append(state, w.Name, w.Host)
	var names []string
	for _, service := range w.Services {
		names = append(names, service.Interfaces...)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		i, err := net.InterfaceByName(name)
		if err != nil || i.Flags&net.FlagUp == 0 || i.Flags&net.FlagMulticast == 0 {
			continue
		}
		addrs, err := i.Addrs()
		if err != nil || len(addrs) == 0 {
			continue
		}
		list = append(list, *i)
		state = append(state, name, strconv.Itoa(i.Index))
		for _, a := range addrs {
			state = append(state, a.String())
		}
	}
	if len(list) == 0 {
		return nil, nil
	}
	return list, state
}

// sameNames reports whether two states want the same names.
func sameNames(a, b []string) bool { return len(a) > 1 && len(b) > 1 && slices.Equal(a[:2], b[:2]) }

// speak finds names that are free and registers the services under them.
func (s *Speaker) speak(w Wish, list []net.Interface) {
	e, err := listen(list, s.heardOf, s.log)
	if err != nil {
		s.log.Warn("this computer is not announced: multicast DNS cannot be heard", "error", err)
		return
	}
	s.ear = e
	s.findNames(w)
	if s.life.Err() != nil {
		return
	}
	s.ours = s.wanted(w, present(w.Services, list))
	e.own(s.ours)
	s.announce(list, s.ours.services)
}

// announce tells of some services twice, and notes what is told now.
func (s *Speaker) announce(list []net.Interface, services []Service) {
	s.ear.tell(&s.ours, services, false)
	s.again.Reset(repeatGap)
	said := Said{Instance: s.ours.instance, Host: strings.TrimSuffix(s.ours.host, ".local."), Services: s.ours.services}
	for _, i := range list {
		said.Interfaces = append(said.Interfaces, i.Name)
	}
	s.mu.Lock()
	s.said = said
	s.mu.Unlock()
	s.log.Info("announced", "name", said.Instance, "host", s.ours.host, "interfaces", said.Interfaces, "services", said.Services)
}

// findNames raises the numbers of the names until nobody else has them.
func (s *Speaker) findNames(w Wish) {
	for s.life.Err() == nil {
		wanted := s.wanted(w, w.Services)
		taken := s.taken(wanted, true)
		again := false
		if slices.Contains(taken, wanted.host) && s.label < namesMost {
			s.label, again = s.label+1, true
		}
		if slices.ContainsFunc(taken, func(name string) bool { return name != wanted.host }) && s.number < namesMost {
			s.number, again = s.number+1, true
		}
		if !again {
			return
		}
	}
}

// wanted are the names with their present numbers.
func (s *Speaker) wanted(w Wish, services []Service) names {
	return names{host: hostLabel(w.Host, s.label) + ".local.", instance: instanceName(w.Name, s.number), services: services}
}

// taken asks who has some names, three times after a moment by chance, as RFC 6762 wants it (8.1), and
// returns those that others have.
func (s *Speaker) taken(n names, host bool) []string {
	s.ear.watch(n, host)
	wait := rand.N(s.gap)
	for range 3 {
		s.pause(wait)
		s.ear.probe()
		wait = s.gap
	}
	s.pause(wait)
	return s.ear.unwatch()
}

func (s *Speaker) pause(d time.Duration) {
	select {
	case <-s.life.Done():
	case <-time.After(d):
	}
}

// giveWay takes the next number after somebody else said to have a name of ours and has the better
// right to it; who that is, both sides see alike.
func (s *Speaker) giveWay(c clash) {
	switch {
	case c.host && s.label < namesMost:
		s.label++
	case !c.host && s.number < namesMost:
		s.number++
	default:
		return
	}
	s.log.Info("somebody else on the network has the same name", "name", c.name)
	s.mu.Lock()
	w := s.wish
	s.mu.Unlock()
	list, state := speakable(w)
	// Taking back what is somebody else's would take it from them.
	s.ours.services = slices.DeleteFunc(slices.Clone(s.ours.services), func(one Service) bool { return strings.ToLower(s.ours.full(&one)) == c.name })
	s.silence()
	if s.state = state; len(list) > 0 {
		s.speak(w, list)
	}
	s.changed()
}

// silence takes back what was said and closes every socket.
func (s *Speaker) silence() {
	if s.ear != nil {
		s.ear.tell(&s.ours, s.ours.services, true)
		s.ear.close()
		s.ear = nil
	}
	s.ours = names{}
	s.mu.Lock()
	s.said = Said{}
	s.mu.Unlock()
	s.state = nil
}
