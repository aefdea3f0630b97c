package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
)

// block is the unit in which a failing disk is read: the page size of the database.
const block = 4096

// copyFile copies a file durably; only its owner can read the copy. What the disk cannot read any more
// becomes zeros in it, and is counted.
func copyFile(ctx context.Context, from, to string) (unreadable int, err error) {
	in, err := os.Open(from)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	st, err := in.Stat()
	if err != nil {
		return 0, err
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	unreadable, err = copyBlocks(ctx, in, out, st.Size())
	if err == nil {
		err = out.Sync()
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return unreadable, fmt.Errorf("copying %s: %w", from, err)
	}
	return unreadable, nil
}

// copyBlocks copies size bytes, in large pieces while that works.
func copyBlocks(ctx context.Context, in io.ReaderAt, out io.Writer, size int64) (unreadable int, err error) {
	buf := make([]byte, 64*block)
	for at, length := int64(0), int64(len(buf)); at < size; {
		if err := ctx.Err(); err != nil {
			return unreadable, err
		}
		piece := buf[:min(length, size-at)]
		if n, err := in.ReadAt(piece, at); n < len(piece) && err != nil {
			if length > block {
				length = block
				continue
			}
			clear(piece)
			unreadable++
		}
		if _, err := out.Write(piece); err != nil {
			return unreadable, err
		}
		at += int64(len(piece))
		if at%int64(len(buf)) == 0 {
			length = int64(len(buf))
		}
	}
	return unreadable, nil
}
