package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// SetFlag puts a flag of the command line (-v …:c,NAME=VALUE) into the volume's settings. The names
// and the 1024s of their sizes are those of copyparty. A flag that would have no effect is an error.
func (v *Volume) SetFlag(name, value string) (err error) {
	switch name {
	case "vmaxb":
		v.Bytes, err = flagSize(value)
	case "vmaxn":
		var n Size
		n, err = flagSize(value)
		v.Files = int(n)
	case "sz":
		least, most, ok := strings.Cut(value, "-")
		if n, err := flagSize(least); !ok || err != nil || n > 1 {
			return fmt.Errorf("%q bounds no sizes from above; write it like sz=0-3g", name+"="+value)
		}
		v.FileSize, err = flagSize(most)
	case "df":
		v.FloorBytes, err = flagSize(value)
	default:
		return fmt.Errorf("the flag %q is not known here; there are vmaxb=SIZE (all files together), vmaxn=NUMBER (of files), "+
			"sz=0-SIZE (one file), df=SIZE (to leave free)", name)
	}
	if err != nil {
		return fmt.Errorf("the flag %s: %w", name, err)
	}
	return nil
}

// flagSize reads 4096, 3k, 2m, 5g, 1t: in 1024s.
func flagSize(text string) (Size, error) {
	number, unit := strings.TrimRight(strings.ToLower(text), "b"), Size(1)
	for i, letter := range "kmgt" {
		if rest, ok := strings.CutSuffix(number, string(letter)); ok {
			number, unit = rest, 1<<(10*(i+1))
			break
		}
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 || n > (1<<62)/int64(unit) {
		return 0, errors.New(strconv.Quote(text) + " is no size; write it like 4096, 500m, 2g")
	}
	return Size(n) * unit, nil
}
