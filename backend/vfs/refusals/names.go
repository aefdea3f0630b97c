package refusals

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"portico/backend/vfs/driver"
)

// devices are names without extension that Windows gives to devices.
func isDevice(name string) bool {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	stem = strings.TrimRight(stem, " ")
	switch stem {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	if len(stem) == 4 && (strings.HasPrefix(stem, "COM") || strings.HasPrefix(stem, "LPT")) {
		return stem[3] >= '0' && stem[3] <= '9'
	}
	return false
}

// checkBase refuses names that Windows cannot store.
func checkBase(base string) error {
	reserved := strings.HasSuffix(base, ".") || strings.HasSuffix(base, " ") || isDevice(base)
	for _, r := range base {
		reserved = reserved || r < 0x20 || strings.ContainsRune(`<>:"/\|?*`, r)
	}
	if reserved {
		return fmt.Errorf("%w: %q is reserved", driver.ErrName, base)
	}
	return nil
}

func checkName(name string) error {
	if name == "." {
		return nil
	}
	for seg := range strings.SplitSeq(name, "/") {
		if err := checkBase(seg); err != nil {
			return err
		}
	}
	return nil
}

// stored finds the spelling of base in a folder; there: it exists.
func stored(ctx context.Context, in driver.Folder, base string) (name string, there bool, err error) {
	o, err := in.Lookup(ctx, base, driver.WantNoFollow)
	if err == nil {
		return base, true, o.Close()
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return base, false, nil // the inner driver will say it better
	}
	for i, err := range in.Names(ctx) {
		if err != nil {
			return base, false, err
		}
		if strings.EqualFold(i.Name, base) {
			return i.Name, true, nil
		}
	}
	return base, false, nil
}

// spelled turns an asked name into the stored one, as far as it exists.
func (d *Driver) spelled(ctx context.Context, name string) (string, error) {
	if name == "." {
		return name, nil
	}
	segs := strings.Split(name, "/")
	for i, seg := range segs {
		up := "."
		if i > 0 {
			up = strings.Join(segs[:i], "/")
		}
		in, err := openFolder(ctx, d.inner, up)
		if err != nil {
			return name, nil // the inner driver will say it better
		}
		segs[i], _, err = stored(ctx, in, seg)
		if err = errors.Join(err, in.Close()); err != nil {
			return "", err
		}
	}
	return strings.Join(segs, "/"), nil
}

func openFolder(ctx context.Context, d driver.Driver, name string) (driver.Folder, error) {
	o, err := d.Lookup(ctx, name, driver.WantDir)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	return o.Folder()
}
