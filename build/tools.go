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
	forWindow  purpose = "window"  // compiling the desktop program
	forDesktop purpose = "desktop" // running it on a screen that nobody sees
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
		{forClients, "litmus", "litmus"},
		{forClients, "cadaver", "cadaver"},
		{forClients, "rclone", "rclone"},
		{forClients, "davfs2", "mount.davfs"},
		{forClients, "gvfs-backends", "/usr/libexec/gvfsd-dav"},
		{forClients, "atftp", "atftp"},
		{forClients, "lftp", "lftp"},
		{forClients, "samba", "smbd"},
		{forClients, "smbclient", "smbclient"},
		{forClients, "samba-vfs-modules", "/usr/share/doc/samba-vfs-modules/copyright"},
		{forClients, "samba-testsuite", "smbtorture"},
		{forClients, "libnss-wrapper", "/usr/share/doc/libnss-wrapper/copyright"},
		{forClients, "fuse3", "fusermount3"},
		{forClients, "openssh-client", "sftp"},
		{forClients, "openssl", "openssl"},
		{forClients, "sshfs", "sshfs"},
		{forClients, "python3-paramiko", "/usr/lib/python3/dist-packages/paramiko/__init__.py"},
		{forClients, "unzip", "unzip"},
		{forClients, "zip", "zip"},
		{forClients, "zstd", "zstd"},
		{forClients, "libarchive-tools", "bsdtar"},
		{forClients, "iproute2", "ip"},
		{forClients, "avahi-daemon", "avahi-daemon"},
		{forClients, "avahi-utils", "avahi-browse"},
		{forClients, "gssdp-tools", "gssdp-discover"},
		{forClients, "wsdd", "wsdd"},
		{forClients, "p7zip-full", "7z"},
		{forClients, "zbar-tools", "zbarimg"},
		{forClients, "strace", "strace"},
		{forClients, "dbus-daemon", "dbus-daemon"},
		{forClients, "desktop-file-utils", "desktop-file-validate"},
		{forClients, "libglib2.0-bin", "gio"},

		{forBrowser, "chromium", "chromium"},
		{forBrowser, "webkit2gtk-driver", "WebKitWebDriver"},
		{forBrowser, "libwebkit2gtk-4.1-0", "/usr/share/doc/libwebkit2gtk-4.1-0/copyright"},
		{forBrowser, "xvfb", "Xvfb"},
		{forBrowser, "xdotool", "xdotool"},
		{forBrowser, "fonts-dejavu-core", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"},

		{forWindow, "gcc", "gcc"},
		{forWindow, "pkg-config", "pkg-config"},
		{forWindow, "libgtk-3-dev", "/usr/include/gtk-3.0/gtk/gtk.h"},
		{forWindow, "libwebkit2gtk-4.1-dev", "/usr/include/webkitgtk-4.1/webkit2/webkit2.h"},

		{forDesktop, "xvfb", "Xvfb"},
		{forDesktop, "dbus", "dbus-daemon"},
		{forDesktop, "x11-utils", "xdpyinfo"},
		{forDesktop, "xdotool", "xdotool"},
		{forDesktop, "wmctrl", "wmctrl"},
		{forDesktop, "xfwm4", "xfwm4"},
		{forDesktop, "openbox", "openbox"},
		{forDesktop, "x11-xserver-utils", "xrandr"},
		{forDesktop, "xfce4-panel", "xfce4-panel"},
		{forDesktop, "xfconf", "xfconf-query"},
		{forDesktop, "at-spi2-core", "/usr/libexec/at-spi-bus-launcher"},
		{forDesktop, "python3-gi", "/usr/lib/python3/dist-packages/gi/__init__.py"},
		{forDesktop, "gir1.2-gtk-3.0", "/usr/share/doc/gir1.2-gtk-3.0/copyright"},
		{forDesktop, "adwaita-icon-theme", "/usr/share/icons/Adwaita/index.theme"},
		{forDesktop, "fonts-dejavu-core", "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"},
		{forDesktop, "zbar-tools", "zbarimg"},

		{forBench, "nginx-light", "nginx"},
		{forBench, "openssh-server", "sshd"},
		{forBench, "vsftpd", "vsftpd"},
		{forBench, "openssh-client", "sftp"},
		{forBench, "samba", "smbd"},
		{forBench, "smbclient", "smbclient"},
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
