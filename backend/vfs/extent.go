package vfs

import (
	"slices"
	"sort"
)

// extent is a run of bytes [From, To) that has been written.
type extent struct{ From, To int64 }

// extents is which bytes of a pending write have come: sorted, apart from each other.
type extents []extent

// add notes that [from, to) was written.
func (e *extents) add(from, to int64) {
	list := *e
	if n := len(list); n > 0 && list[n-1].To == from { // the usual: one after the other
		list[n-1].To = to
		return
	}
	if from >= to {
		return
	}
	i := sort.Search(len(list), func(i int) bool { return list[i].To >= from })
	j := i
	for j < len(list) && list[j].From <= to {
		from, to = min(from, list[j].From), max(to, list[j].To)
		j++
	}
	*e = slices.Replace(list, i, j, extent{from, to})
}

// cut forgets everything at and above size.
func (e *extents) cut(size int64) {
	list := *e
	for n := len(list); n > 0 && list[n-1].To > size; n-- {
		if list[n-1].From >= size {
			list = list[:n-1]
			continue
		}
		list[n-1].To = size
	}
	*e = list
}

// end returns up to where the bytes beginning at from have come without a gap.
func (e extents) end(from int64) int64 {
	i := sort.Search(len(e), func(i int) bool { return e[i].To > from })
	if i < len(e) && e[i].From <= from {
		return e[i].To
	}
	return from
}

// covers reports whether every byte below size has come.
func (e extents) covers(size int64) bool { return e.end(0) >= size }
