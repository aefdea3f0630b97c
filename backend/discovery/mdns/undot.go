package mdns

import "encoding/binary"

// undot takes the dots out of the parts of names in a packet, where they stand at the beginning of
// questions and records: package dnsmessage gives up at such a name and tells nothing of what follows.
// Names of ours hold none.
func undot(packet []byte) {
	const head = 12
	if len(packet) < head {
		return
	}
	at := head
	for section := range 4 {
		for n := binary.BigEndian.Uint16(packet[4+2*section:]); n > 0; n-- {
			for at < len(packet) && packet[at] > 0 && packet[at] < 1<<6 {
				end := at + 1 + int(packet[at])
				for at++; at < min(end, len(packet)); at++ {
					if packet[at] == '.' {
						packet[at] = ' '
					}
				}
			}
			switch {
			case at >= len(packet):
				return
			case packet[at] == 0:
				at++
			default:
				at += 2 // the rest is elsewhere
			}
			if at += 4; section == 0 {
				continue // after a question's type and class
			}
			if at += 4; at+2 > len(packet) {
				return
			}
			at += 2 + int(binary.BigEndian.Uint16(packet[at:]))
		}
	}
}
