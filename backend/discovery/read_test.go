package discovery

import "testing"

func TestReadThisMachine(t *testing.T) {
	table, err := Read()
	if err != nil {
		t.Fatal(err)
	}
	loops := 0
	for _, i := range table {
		if i.Loopback {
			loops++
		}
	}
	if loops == 0 {
		t.Errorf("no loopback interface among %+v", table)
	}
	for _, a := range Rank(table) {
		if a.Addr.IsLoopback() {
			t.Errorf("loopback ranked: %+v", a)
		}
	}
	if !table.Same(table) {
		t.Error("a table differs from itself")
	}
}
