package listen

import "testing"

func TestListeningReadsTheTable(t *testing.T) {
	table := `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:0F53 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4242 1 0000 100 0 0 10 0
   1: 0100007F:0F53 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 4243 1 0000 100 0 0 10 0
   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4244 1 0000 100 0 0 10 0
`
	got := listening([]byte(table), "tcp", 3923)
	if len(got) != 1 || got[0] != "4242" {
		t.Fatalf("inodes %v, want 4242", got)
	}
}
