package api

// Visit tells that somebody opened a share.
type Visit struct {
	Share  string `json:"share" doc:"Id of the share"`
	Remote string `json:"remote" example:"192.168.1.30"`
	Name   string `json:"name" example:"iPhone · Safari" doc:"What the device is called, as far as it tells"`
	At     int64  `json:"at" doc:"Milliseconds since 1970"`
	First  bool   `json:"first" doc:"This device was not seen at this share before, as far as is remembered"`
	Here   bool   `json:"here,omitempty" doc:"It is this computer itself"`
}

// Knock tells that a connection came from an address from which none had come for a minute, whatever is
// said on it then: it proves that this computer can be reached from there.
type Knock struct {
	Remote string `json:"remote" example:"192.168.1.30"`
	Door   string `json:"door" example:"http"`
	At     int64  `json:"at" doc:"Milliseconds since 1970"`
}

// Arrival is one of the two.
type Arrival struct {
	Visit *Visit
	Knock *Knock
}

// arrivals are what a stream tells of those who come: of the whole house only.
func (f *follower) arrivals() (news <-chan Arrival, leave func()) {
	if !f.all || f.api.o.People == nil {
		return nil, func() {}
	}
	return f.api.o.People.Arrivals()
}

func (f *follower) arrived(a Arrival) error {
	switch {
	case a.Visit != nil:
		return f.wire.send("visit", 0, a.Visit)
	case a.Knock != nil:
		return f.wire.send("knock", 0, a.Knock)
	}
	return nil
}
