//go:build linux

package smb

import (
	"net"
	"os/exec"
	"strings"
	"testing"

	"portico/backend/access"
	"portico/backend/account"
	"portico/backend/protocol/protocoltest"
	"portico/backend/share"
	"portico/backend/store"
	"portico/backend/vfs"
	"portico/backend/vfs/vfstest"
)

// torture are those of Samba's own tests of streams, and of what macOS does with them, that smbd passes on a
// folder of the disk with these settings, and that do not want a file to be seen by others, or its folder
// renamed, before it is finished.
var torture = []string{
	"smb2.streams.dir", "smb2.streams.io", "smb2.streams.sharemodes", "smb2.streams.names", "smb2.streams.names2", "smb2.streams.names3",
	"smb2.streams.create-disposition", "smb2.streams.delete", "smb2.streams.zero-byte",
	"vfs.fruit.read metadata", "vfs.fruit.write metadata", "vfs.fruit.stream names", "vfs.fruit.File without AFP_AfpInfo",
	"vfs.fruit.create delete-on-close AFP_AfpInfo", "vfs.fruit.setinfo delete-on-close AFP_AfpInfo", "vfs.fruit.setinfo eof AFP_AfpInfo",
	"vfs.fruit.delete AFP_AfpInfo by writing all 0", "vfs.fruit.create delete-on-close AFP_AfpResource", "vfs.fruit.setinfo delete-on-close AFP_AfpResource",
	"vfs.fruit.null afpinfo", "vfs.fruit.delete", "vfs.fruit.creating rsrc with read-only access", "vfs.fruit.copy-chunk streams",
	"vfs.fruit.writing_afpinfo", "vfs.fruit.delete_trigger_convert_sharing_violation",
}

// TestTorture lets Samba's own tests at the door.
func TestTorture(t *testing.T) {
	need(t, "smbtorture")
	needModules(t)
	guests := access.Grant{Path: "/", Who: vfstest.Everyone(), Rights: vfstest.Rights("rwmd")}
	h := &protocoltest.House{House: vfstest.New(t, vfstest.Volume(vfs.Volume{Name: "all", Path: "/", Durability: store.Fast}))}
	h.Tree.SetPolicy(access.NewPolicy([]access.Grant{guests}))
	var err error
	if h.Accounts, err = account.New(account.Options{Store: h.Store, Key: []byte("0123456789abcdef0123456789abcdef")}); err != nil {
		t.Fatal(err)
	}
	h.Shares = share.New(share.Options{Store: h.Store, Accounts: h.Accounts})
	t.Cleanup(func() {
		if err := h.Shares.Close(); err != nil {
			t.Error(err)
		}
		if err := h.Accounts.Close(); err != nil {
			t.Error(err)
		}
	})
	host, port, err := net.SplitHostPort(serve(t, newDoor(t, h)))
	if err != nil {
		t.Fatal(err)
	}
	args := append([]string{"//" + host + "/portico", "-p", port, "-m", "SMB3", "-U", GuestName + "%" + GuestName, "--basedir", t.TempDir()}, torture...)
	out, err := exec.CommandContext(t.Context(), "smbtorture", args...).CombinedOutput()
	text := "\n" + string(out)
	for _, verdict := range []string{"failure: ", "error: ", "skip: "} {
		for _, why := range strings.Split(text, "\n"+verdict)[1:] {
			t.Errorf("%s%.300s", verdict, why)
		}
	}
	if passed := strings.Count(text, "\nsuccess: "); err != nil || passed != len(torture) {
		t.Errorf("%d of %d passed, %v", passed, len(torture), err)
	}
}
