// Package localdisk keeps a volume in a folder of this computer's disks.
//
// It never leaves that folder: every name is opened beneath a handle on it (openat2 on Linux, os.Root
// elsewhere and where openat2 is refused), and what was opened is what is judged and used. Symbolic
// links are followed inside the folder and into Options.LinkRoots, whose files may be read through
// links and are never listed nor written.
//
// New content is staged in a hidden place on the disk of its target folder:
//
//	.portico/<instance>/            at the top of that disk inside the volume, mode 0700
//	    volume                      id of the volume (only at the volume's own top)
//	    elsewhere                   other folders of the volume where this instance stages
//	    stage/ trash/ versions/
//
// The place is left out of listings and lookups by its device and inode, and so is that of any other
// instance. Where it cannot be made, a hidden file .portico-stage-<id> beside the target serves.
//
// It must not know identities, rights, quotas, locks, events or doors, and it holds no SQL.
package localdisk
