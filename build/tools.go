package main

import (
	"os"
	"os/exec"
	"slices"
	"strings"
)

// purpose is why a foreign program is needed.
type purpose string

const (
	forPages   purpose = "pages"   // building the web pages
	forGo      purpose = "go"      // Go tests with the race detector
	forDisks   purpose = "disks"   // tests of git-annex folders and mounts
	forClients purpose = "clients" // tests with foreign clients and archive programs
	forBrowser purpose = "browser" // runs in a real browser
	forBench   purpose = "bench"   // measurements and the peers in them
)

// tool is one foreign program (or file) and the Debian package that brings it.
type tool struct {
	why   purpose
	deb   string
	found string // a program on PATH, or an absolute file name
}

// tools is the one list of what Portico's build and tests need besides Go itself.
func tools() []tool {
	return []tool{
		{forPages, "nodejs", "node"},
		{forPages, "npm", "npm"},

		{forGo, "gcc", "gcc"},
		{forGo, "libc6-dev", "/usr/include/stdio.h"},
		{forGo, "git", "git"},

		{forDisks, "git-annex", "git-annex"},
		{forDisks, "fuse3", "fusermount3"},

		{forClients, "curl", "curl"},
		{forClients, "unzip", "unzip"},
		{forClients, "zip", "zip"},
		{forClients, "zstd", "zstd"},
		{forClients, "libarchive-tools", "bsdtar"},
		{forClients, "iproute2", "ip"},
		{forClients, "p7zip-full", "7z"},
		{forClients, "zbar-tools", "zbarimg"},
		{forClients, "strace", "strace"},
		{forClients, "dbus-daemon", "dbus-daemon"},
		{forClients, "desktop-file-utils", "desktop-file-validate"},
		{forClients, "libglib2.0-bin", "gio"},

		{forBrowser, "chromium", "chromium"},
		{forBrowser, "fonts-dejavu-core", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"},

		{forBench, "nginx-light", "nginx"},
		{forBench, "wrk", "wrk"},
		{forBench, "strace", "strace"},
		{forBench, "chromium", "chromium"},
	}
}

// missing returns the tools for these purposes that this machine lacks.
func missing(purposes ...purpose) []tool {
	var out []tool
	for _, t := range tools() {
		if slices.Contains(purposes, t.why) && !t.here() {
			out = append(out, t)
		}
	}
	return out
}

func (t tool) here() bool {
	if strings.HasPrefix(t.found, "/") {
		_, err := os.Stat(t.found)
		return err == nil
	}
	if _, err := exec.LookPath(t.found); err == nil {
		return true
	}
	// Servers lie in /usr/sbin, which is not on everybody's PATH.
	_, err := os.Stat("/usr/sbin/" + t.found)
	return err == nil
}

// packages names the Debian packages of tools, each once.
func packages(tools []tool) []string {
	var out []string
	for _, t := range tools {
		if !slices.Contains(out, t.deb) {
			out = append(out, t.deb)
		}
	}
	return out
}
