package localdisk

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"portico/backend/vfs/driver"
)

// fault turns what the system said into the words of driver, keeping the cause.
func fault(verb, name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %q: %w", verb, name, spoken(err))
}

func spoken(err error) error {
	for _, known := range []error{
		fs.ErrNotExist, fs.ErrExist, fs.ErrClosed, driver.ErrAbsent, driver.ErrNoSpace, driver.ErrName, driver.ErrBusy,
		driver.ErrNotEmpty, driver.ErrOutside, driver.ErrReadOnly, driver.ErrKind, driver.ErrOtherStorage,
		context.Canceled, context.DeadlineExceeded,
	} {
		if errors.Is(err, known) && !errors.Is(err, errNotEmpty) {
			return err
		}
	}
	switch {
	case errors.Is(err, errLink), errors.Is(err, errEscape):
		return fmt.Errorf("%w: %w", driver.ErrOutside, err)
	case errors.Is(err, errMoved):
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	if word := systemWord(err); word != nil {
		return fmt.Errorf("%w: %w", word, err)
	}
	return err
}
