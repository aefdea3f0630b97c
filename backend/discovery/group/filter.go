package group

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/net/bpf"
)

// Filter is a program for the kernel that drops what came from another interface, or to another address
// than a group; of IPv6 the first four bytes are looked at. Without it Linux hands over every group that
// any program of this computer joined anywhere. Other systems know which socket joined where, and
// refuse the program.
func Filter(to netip.Addr, index int) []bpf.RawInstruction {
	const networkHeader = 0xfff00000 // SKF_NET_OFF of Linux
	at := uint32(24)
	if to.Is4() {
		at = 16
	}
	raw, err := bpf.Assemble([]bpf.Instruction{
		bpf.LoadAbsolute{Off: networkHeader + at, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: binary.BigEndian.Uint32(to.AsSlice()[:4]), SkipFalse: 2},
		bpf.LoadExtension{Num: bpf.ExtInterfaceIndex},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(index), SkipTrue: 1},
		bpf.RetConstant{Val: 0},
		bpf.RetConstant{Val: 65535},
	})
	if err != nil {
		return nil // only programs of ours are assembled
	}
	return raw
}
