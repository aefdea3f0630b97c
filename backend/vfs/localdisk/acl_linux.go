package localdisk

import (
	"encoding/binary"
	"errors"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	aclAccess  = "system.posix_acl_access"
	aclDefault = "system.posix_acl_default"
)

// copyExtended makes f's extended attributes those of src, as far as the system lets us.
func copyExtended(f, src *os.File) error {
	want, err := extended(src)
	if err != nil {
		return nil // none on this file system
	}
	have, _ := extended(f)
	to := int(f.Fd())
	for _, name := range have {
		unix.Fremovexattr(to, name)
	}
	for _, name := range want {
		if !kept(name) {
			continue
		}
		v, err := attribute(src, name)
		if err != nil {
			continue
		}
		if err = unix.Fsetxattr(to, name, v, 0); err == unix.ENOSPC || err == unix.EDQUOT {
			return err
		}
	}
	return nil
}

// kept are the attributes that belong to the name and not to the content: what people and desktops
// note, access lists, labels. Capabilities and signatures do not outlive the content.
func kept(name string) bool {
	switch name {
	case aclAccess, "system.nfs4_acl", "security.selinux", "security.SMACK64", "security.apparmor":
		return true
	}
	return strings.HasPrefix(name, "user.")
}

func extended(f *os.File) ([]string, error) {
	buf := make([]byte, 64<<10)
	n, err := unix.Flistxattr(int(f.Fd()), buf)
	if err != nil || n == 0 {
		return nil, err
	}
	return strings.Split(strings.TrimSuffix(string(buf[:n]), "\x00"), "\x00"), nil
}

func attribute(f *os.File, name string) ([]byte, error) {
	n, err := unix.Fgetxattr(int(f.Fd()), name, nil)
	if err != nil {
		return nil, err
	}
	buf := make([]byte, n)
	n, err = unix.Fgetxattr(int(f.Fd()), name, buf)
	return buf[:max(n, 0)], err
}

// inheritACL applies the default ACL of a folder to a file that was made elsewhere, the way the kernel
// does for a file of mode 0666 made in it. done: there is one.
func inheritACL(f *os.File, in dir) (done bool, err error) {
	unix.Fremovexattr(int(f.Fd()), aclAccess)
	l, err := in.list()
	if err != nil {
		return false, nil // not readable: then the mode alone has to do
	}
	defer l.Close()
	acl, err := attribute(l, aclDefault)
	if err != nil || len(acl) < 4 {
		return false, nil
	}
	if err = maskACL(acl); err != nil {
		return false, nil
	}
	return true, unix.Fsetxattr(int(f.Fd()), aclAccess, acl, 0)
}

// maskACL takes away what a file made with mode 0666 does not get: execution.
func maskACL(acl []byte) error {
	const (
		version  = 2
		userObj  = 0x01
		groupObj = 0x04
		mask     = 0x10
		other    = 0x20
	)
	if binary.LittleEndian.Uint32(acl) != version || (len(acl)-4)%8 != 0 {
		return errors.New("an access control list of a kind that is not known")
	}
	group := -1
	masked := false
	for i := 4; i < len(acl); i += 8 {
		switch binary.LittleEndian.Uint16(acl[i:]) {
		case groupObj:
			group = i
		case mask:
			masked = true
			acl[i+2] &^= 1
		case userObj, other:
			acl[i+2] &^= 1
		}
	}
	if !masked && group >= 0 {
		acl[group+2] &^= 1
	}
	return nil
}
