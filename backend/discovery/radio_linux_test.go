package discovery

import (
	"testing"

	"golang.org/x/sys/unix"
)

// TestGeneric asks the kernel for the family that every kernel has, and for one that none has.
func TestGeneric(t *testing.T) {
	g, err := openGeneric()
	if err != nil {
		t.Skip("no generic netlink here:", err)
	}
	defer unix.Close(g.fd)
	if id, err := g.family("nlctrl"); err != nil || id != unix.GENL_ID_CTRL {
		t.Errorf("%d, %v", id, err)
	}
	if id, err := g.family("portico"); err == nil {
		t.Errorf("a family that nobody has is %d", id)
	}
	if got := ssid("lo"); got != "" {
		t.Errorf("loopback is on the radio network %q", got)
	}
}

func FuzzReadGeneric(f *testing.F) {
	f.Add([]byte("\x18\x00\x00\x00\x10\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x01\x02\x00\x00\x08\x00\x34\x00"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := readGeneric(b, 16, 1)
		if err == nil && len(got) > len(b) {
			t.Errorf("%x of %x", got, b)
		}
		_ = CleanName(string(attributeOf(got, 52)))
	})
}
