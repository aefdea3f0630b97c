//go:build unix && !darwin

package native

import (
	"fmt"
	"strings"
)

// folderType is what desktops call a folder.
const folderType = "inode/directory"

// menuEntry is the program in the desktop's menu and below "Open with". StartupNotify is off because a
// second launch only hands over, and nobody would end the busy cursor; StartupWMClass is what the window
// calls itself.
func menuEntry(command []string, offer folderOffer) []byte {
	more := ""
	if offer.open {
		more = "MimeType=" + folderType + ";\n"
	}
	if offer.kept != "" {
		more += keptKey + "=" + offer.kept + "\n"
	}
	return fmt.Appendf(nil, `[Desktop Entry]
# %s
Type=Application
Name=Portico
GenericName=File sharing
Comment=Share folders with phones, browsers and scripts
Keywords=share;phone;QR;upload;download;FTP;WebDAV;
Exec=%s %%F
TryExec=%s
Icon=%s
Terminal=false
StartupNotify=false
StartupWMClass=Portico-window
Categories=Network;FileTransfer;
%s`, mark, quoteExec(command...), escapeValue(command[0]), desktopID, more)
}

// dolphinMenu is a service menu of KDE's file managers. application/octet-stream stands for every file
// there. The file must be executable to be believed.
func dolphinMenu(command []string) []byte {
	return fmt.Appendf(nil, `[Desktop Entry]
# %s
Type=Service
X-KDE-ServiceTypes=KonqPopupMenu/Plugin
MimeType=%s;application/octet-stream;
Actions=share;

[Desktop Action share]
Name=%s
Icon=%s
Exec=%s %%F
`, mark, folderType, label, desktopID, quoteExec(command...))
}

// nemoAction is an action of Nemo, Cinnamon's file manager, which quotes the names itself.
func nemoAction(command []string) []byte {
	return fmt.Appendf(nil, `[Nemo Action]
# %s
Active=true
Name=%s
Comment=A link that phones and browsers can open
Exec=%s %%F
Icon-Name=%s
Selection=notnone
Extensions=any;
Quote=double
`, mark, label, escapeValue(shellWords(command)), desktopID)
}

// nautilusScript is a script of GNOME's file manager. It is called in the folder that is shown, with the
// names of what is selected, which are made whole paths: none can be taken for a flag or a command.
func nautilusScript(command []string) []byte {
	return fmt.Appendf(nil, `#!/bin/sh
# %s
n=$#
while [ "$n" -gt 0 ]; do
	case $1 in
	/*) set -- "$@" "$1" ;;
	*) set -- "$@" "$PWD/$1" ;;
	esac
	shift
	n=$((n - 1))
done
exec %s "$@"
`, mark, shellWords(command))
}

// shellWords writes words so that a shell takes each as it is.
func shellWords(words []string) string {
	out := make([]string, len(words))
	for i, word := range words {
		out[i] = word
		if word == "" || strings.ContainsFunc(word, func(r rune) bool { return !plainRune(r) }) {
			out[i] = "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
		}
	}
	return strings.Join(out, " ")
}

func plainRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:@,", r)
}
