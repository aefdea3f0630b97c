package listen

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// holder names the program that listens on network ("tcp", "udp") where addr wants to: "nginx (process 812)"; "" when that
// cannot be seen (another user's process needs rights that we do not have).
func holder(network, addr string) string {
	_, text, err := net.SplitHostPort(addr)
	if err != nil {
		return ""
	}
	port, err := strconv.Atoi(text)
	if err != nil {
		return ""
	}
	inodes := make(map[string]bool)
	for _, family := range []string{"", "6"} {
		data, err := os.ReadFile("/proc/net/" + network + family)
		if err != nil {
			continue
		}
		for _, inode := range listening(data, network, port) {
			inodes["socket:["+inode+"]"] = true
		}
	}
	if len(inodes) == 0 {
		return ""
	}
	return owner(inodes)
}

// listening finds the inodes of sockets that wait on port, in the format of /proc/net/tcp.
func listening(table []byte, network string, port int) []string {
	want := fmt.Sprintf(":%04X", port)
	state := "0A" // LISTEN
	if network == "udp" {
		state = "07" // not connected
	}
	var out []string
	lines := bufio.NewScanner(bytes.NewReader(table))
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		// sl local_address rem_address st … inode
		if len(f) > 9 && f[3] == state && strings.HasSuffix(f[1], want) {
			out = append(out, f[9])
		}
	}
	return out
}

// owner finds the process that holds one of the sockets.
func owner(sockets map[string]bool) string {
	links, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, link := range links {
		target, err := os.Readlink(link)
		if err != nil || !sockets[target] {
			continue
		}
		pid := strings.Split(link, "/")[2]
		name, err := os.ReadFile("/proc/" + pid + "/comm")
		if err != nil {
			continue
		}
		return strings.TrimSpace(string(name)) + " (process " + pid + ")"
	}
	return ""
}
