package machine

import (
	"os"
	"path/filepath"
	"testing"
)

func TestFirewalls(t *testing.T) {
	const port = 3923
	ufwOn := "Status: active\n\nTo                         Action      From\n--                         ------      ----\n"
	chain := "table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter; policy "
	for _, c := range []struct {
		name         string
		wall         Wall
		active, open bool
	}{
		{"ufw off", ufw("Status: inactive", port), false, false},
		{"ufw without a rule", ufw(ufwOn+"22/tcp                     ALLOW       Anywhere\n", port), true, false},
		{"ufw with the rule", ufw(ufwOn+"3923/tcp                   ALLOW       Anywhere\n", port), true, true},
		{"ufw with a range", ufw(ufwOn+"3900:4000/tcp              ALLOW IN    192.168.0.0/16\n", port), true, true},
		{"ufw for UDP", ufw(ufwOn+"3923/udp                   ALLOW       Anywhere\n", port), true, false},
		{"ufw denies", ufw(ufwOn+"3923/tcp                   DENY        Anywhere\n", port), true, false},
		{"firewalld without", firewalld("22/tcp 53/udp", port), true, false},
		{"firewalld with", firewalld("22/tcp 3920-3930/tcp", port), true, true},
		{"firewalld for UDP", firewalld("3923/udp", port), true, false},
		{"nftables accepts all", nftables(chain+"accept;\n\t}\n}", port), false, false},
		{"nftables drops", nftables(chain+"drop;\n\t\ttcp dport 22 accept\n\t}\n}", port), true, false},
		{"nftables with the rule", nftables(chain+"drop;\n\t\ttcp dport { 22, 3923 } accept\n\t}\n}", port), true, true},
		{"nftables is empty", nftables("", port), false, false},
	} {
		if c.wall.Active != c.active || c.wall.Open != c.open || c.wall.Allow == "" {
			t.Errorf("%s: %+v", c.name, c.wall)
		}
	}
}

func TestFoldsCase(t *testing.T) {
	dir := t.TempDir()
	if _, known := FoldsCase(dir); known {
		t.Error("an empty folder tells")
	}
	if err := os.WriteFile(filepath.Join(dir, "Readme"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := os.Stat(filepath.Join(dir, "rEADME"))
	if folds, known := FoldsCase(dir); !known || folds != (err == nil) {
		t.Errorf("folds %v, known %v; the disk says %v", folds, known, err)
	}
}

func TestDiskOf(t *testing.T) {
	if _, err := DiskOf(filepath.Join(t.TempDir(), "nowhere")); err == nil {
		t.Error("a folder that is not there has a disk")
	}
	if _, err := DiskOf(t.TempDir()); err != nil {
		t.Error(err)
	}
}
