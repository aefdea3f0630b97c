// Package refusals wraps a storage driver and refuses what Windows refuses, so that vfs is tested
// against it on every system:
//
//   - a file that is open cannot be replaced, renamed or removed, nor the folders it lies in be renamed:
//     driver.ErrBusy
//   - "A" and "a" are one name; the stored spelling is the one that was made first, and a rename may
//     change only the spelling
//   - names that the system keeps for itself are refused: CON, NUL.txt, trailing dots and blanks,
//     <>:"/\|?* and control characters: driver.ErrName
//
// Open means: opened through this wrapper (Object.Open, Folder.OpenAppend). It is meant for tests; case
// is folded by listing folders, which is slow.
package refusals
