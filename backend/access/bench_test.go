package access_test

import (
	"fmt"
	"testing"

	. "portico/backend/access"
)

// large is a policy of a small company: 200 folders with lists of their own, 50 accounts in each.
func large() *Policy {
	var g []Grant
	for i := range 200 {
		for j := range 50 {
			g = append(g, Grant{Path: fmt.Sprintf("/volume%d/team/project-%d", i%7, i), Who: account(fmt.Sprint(j)), Rights: Read})
		}
	}
	return NewPolicy(append(g, Grant{Path: "/volume3", Who: Subject{Group: "staff"}, Rights: Read}))
}

var questions = []struct {
	name string
	id   Identity
	path string
}{
	{"guest", guest, "/pub/2024/holiday/IMG_20240102_112233.jpg"},
	{"account", alice, "/volume3/archive/2024/holiday/IMG_20240102_112233.jpg"},
	{"link", behind(Link, alice, "/volume3/archive", Read|Get), "/volume3/archive/2024/holiday/IMG_20240102_112233.jpg"},
	{"onefile", only(owner, "/pub/2024", "a.jpg", Read|Get), "/pub/2024/a.jpg"},
	{"owner", owner, "/pub/2024/holiday/IMG_20240102_112233.jpg"},
}

func BenchmarkRights(b *testing.B) {
	for _, size := range []struct {
		name string
		p    *Policy
	}{{"small", house}, {"large", large()}} {
		for _, q := range questions {
			b.Run(size.name+"/"+q.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					size.p.Rights(q.id, q.path)
				}
			})
		}
	}
}

// TestRightsDoesNotAllocate: it is asked once per name of a listing.
func TestRightsDoesNotAllocate(t *testing.T) {
	for _, p := range []*Policy{house, large()} {
		for _, q := range questions {
			if n := testing.AllocsPerRun(100, func() {
				p.Rights(q.id, q.path)
				p.Visible(q.id, q.path)
			}); n != 0 {
				t.Errorf("%s: %v allocations", q.name, n)
			}
		}
	}
}
