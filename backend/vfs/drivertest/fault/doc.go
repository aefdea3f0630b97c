// Package fault wraps a storage driver and makes it fail on purpose, for tests of what lies above.
//
// # Faults
//
// Driver.Add puts up a Rule: which calls, after how many, what happens: an error (ENOSPC, EIO), a
// delay (slow syncs), a reply that is lost although the work was done, or a kill.
//
//	d := fault.New(inner, fault.Options{})
//	d.Add(fault.Rule{Op: fault.Write, Skip: 3, Err: driver.ErrNoSpace})          // the fourth write; half of it is written
//	d.Add(fault.Rule{Op: fault.SyncStage, Count: -1, Delay: 20 * time.Millisecond}) // every sync of content is slow
//	d.Add(fault.Rule{Op: fault.Publish, Kill: true, Late: true})                 // published, but nobody lives to tell
//
// # Kill
//
// A kill (Driver.Kill, or Rule.Kill) is SIGKILL: every later call fails with ErrKilled, what was given
// out is closed below, and everything that had reached the operating system stays. Open the inner
// storage again, as a restarted process would, and go on:
//
//	d.Kill()
//	d = fault.New(reopened, fault.Options{})
//
// # Power loss
//
// A kill never loses writes; power loss does. With Options.Power the wrapper keeps, besides the inner
// storage, an image of what is safe: content counts from Stage.Sync, names from Folder.Sync of a folder
// they are in, journals when they were saved with sync, everything from SyncAll. PowerLoss kills, then
// rewrites the inner storage to one of the states that could be found after a restart:
//
//	d, err := fault.WithPower(ctx, inner, fault.Options{})
//	...
//	err = d.PowerLoss(ctx, rand.New(rand.NewPCG(seed, 0)))  // inner now holds what survived, and is still open
//	inner.Close()
//
// What is not safe survives or is lost by chance, each piece for itself:
//
//   - content: every page of 4 KiB of every write, every truncation, every change of times. A page that
//     is lost before one that survives reads as zeros. So content and names may survive in any order:
//     the classic file that is there, has its size, and holds nothing.
//   - names: those changes that were made before some moment chosen by chance (journaling file systems
//     keep their order); with Options.AnyOrder, each for itself.
//   - journals: any of those saved since the last one that was synced, or that one; always whole.
//
// A sync that fails makes nothing safe, and what changed while a sync ran is not safe after it.
//
// Limits: the image is kept in memory (meant for tests of a few megabytes) and is taken when the wrapper
// is made, so nothing else may write to the storage meanwhile; symbolic links are left as they are. What
// PowerLoss rewrites gets new inodes, and so new versions; what it does not touch keeps them. All attics
// of one kind count as one folder.
package fault
