package mdns

import (
	"net"

	"github.com/grandcat/zeroconf"
	"golang.org/x/net/bpf"
	"golang.org/x/net/ipv4"
	"golang.org/x/net/ipv6"
)

// confine lets the sockets of a server hear what was sent to the group on its interfaces, and nothing
// else. Without it Linux hands over every group that any program of this computer joined anywhere, and
// the server would answer there, on networks that nobody allowed; it would also answer whoever writes
// to this computer alone from afar. Other systems know which socket joined where.
func confine(server *zeroconf.Server, list []net.Interface) {
	if c := conn[ipv4.PacketConn](server, "ipv4conn"); c != nil {
		_ = c.SetBPF(filterOf(list, group4()))
	}
	if c := conn[ipv6.PacketConn](server, "ipv6conn"); c != nil {
		_ = c.SetBPF(filterOf(list, group6()))
	}
}

// word is four bytes of a packet's network header and what they must be.
type word struct{ offset, value uint32 }

// group4 and group6 say where the destination stands, and that it is the group of multicast DNS.
func group4() word { return word{16, 0xe00000fb} } // 224.0.0.251
func group6() word { return word{24, 0xff020000} } // ff02::…

// filterOf is a program for the kernel that drops what came from other interfaces or to other addresses.
func filterOf(list []net.Interface, to word) []bpf.RawInstruction {
	const networkHeader = 0xfff00000 // SKF_NET_OFF of Linux
	list = list[:min(len(list), interfacesMost)]
	program := []bpf.Instruction{
		bpf.LoadAbsolute{Off: networkHeader + to.offset, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: to.value, SkipFalse: uint8(1 + len(list))},
		bpf.LoadExtension{Num: bpf.ExtInterfaceIndex},
	}
	for n, i := range list {
		program = append(program, bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(i.Index), SkipTrue: uint8(len(list) - n)})
	}
	program = append(program, bpf.RetConstant{Val: 0}, bpf.RetConstant{Val: 65535})
	raw, err := bpf.Assemble(program)
	if err != nil {
		return nil // only programs of ours are assembled
	}
	return raw
}
