package server

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"portico/backend/access"
	"portico/backend/config"
	"portico/backend/event"
	"portico/backend/server/machine"
)

// folder looks at a served folder: whether it is there, and may be used as the settings promise.
func folder(v config.Volume) Finding {
	f := Finding{About: v.Path, Text: v.Folder}
	dir, err := os.Open(v.Folder)
	if err == nil {
		_, err = dir.ReadDir(1)
		dir.Close()
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.Text, f.Bad, f.Next = v.Folder+" is not there", true, "connect its drive, or: portico volume remove "+v.Path
	case errors.Is(err, fs.ErrPermission):
		f.Text, f.Bad, f.Next = v.Folder+" may not be read by this user", true, "let it be read (chmod, chown), or run Portico as its owner"
	case err != nil && !errors.Is(err, io.EOF):
		f.Text, f.Bad = "cannot be read: "+err.Error(), true
	case !v.ReadOnly && changes(v) && !machine.Writable(v.Folder):
		f.Text, f.Bad, f.Next = v.Folder+": visitors may add files, but this user may not write there", true,
			"let it be written (chmod, chown), or set read_only = true for it"
	}
	return f
}

// changes reports whether anybody may change something in a volume.
func changes(v config.Volume) bool {
	for _, letters := range v.Perms {
		if r, ok := access.ParseRight(letters); ok && r&(access.Write|access.Move|access.Delete) != 0 {
			return true
		}
	}
	return false
}

// scarce is what is left on a disk when it is time to say so.
const scarce = 500 << 20

// room looks at the disk below a folder. floor is what the settings want to be left free there.
func room(about, folder string, floor int64) []Finding {
	d, err := machine.DiskOf(folder)
	if err != nil {
		return nil // the finding about the folder says why
	}
	f := Finding{About: about, Text: "free space is not known"}
	if d.Total > 0 {
		f.Text = event.Bytes(d.Free) + " free of " + event.Bytes(d.Total)
	}
	if d.Type != "" {
		f.Text += " (" + d.Type + ")"
	}
	switch {
	case d.ReadOnly:
		f.Text, f.Note = f.Text+"; it can only be read", true
	case d.Total > 0 && d.Free < floor:
		f.Text, f.Bad = fmt.Sprintf("%s; uploads are refused below %s", f.Text, event.Bytes(floor)), true
		f.Next = "free some space, or lower floor in the settings"
	case d.Total > 0 && d.Free < scarce:
		f.Bad, f.Next = true, "free some space: uploads that do not fit are refused, and the database needs room, too"
	}
	if limits := d.Limits(); limits != "" {
		f.Text, f.Note = f.Text+"; "+limits, true
	}
	if d.Network() {
		f.Text, f.Note = f.Text+"; it is in another computer, which must be there and is slower", true
		if strings.HasPrefix(about, "data folder") {
			f.Bad, f.Next = true, "databases break on such disks: name a folder on this computer with --data DIR"
		}
	}
	if folds, known := machine.FoldsCase(folder); known && folds {
		f.Text, f.Note = f.Text+"; A.txt and a.txt are the same name there", true
	}
	return []Finding{f}
}
