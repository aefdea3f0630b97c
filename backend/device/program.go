package device

import "strings"

// word is what stands in a User-Agent and the name that it means.
type word struct{ in, name string }

// robot names what nobody sits before: search engines, and the previews that messengers fetch when a
// link is pasted into them.
func robot(ua string) string {
	for _, w := range []word{
		{"facebookexternalhit/", "Facebook"}, {"Facebot", "Facebook"}, {"Slackbot", "Slack"}, {"Slack-ImgProxy", "Slack"},
		{"TelegramBot", "Telegram"}, {"Discordbot/", "Discord"}, {"Twitterbot/", "X"}, {"LinkedInBot/", "LinkedIn"},
		{"SkypeUriPreview", "Skype"}, {"Mattermost-Bot", "Mattermost"}, {"Iframely/", "Iframely"}, {"redditbot/", "Reddit"},
		{"Pinterestbot/", "Pinterest"}, {"Synapse (bot", "Matrix"}, {"SignalBot", "Signal"},
	} {
		if strings.Contains(ua, w.in) {
			return "Link preview · " + w.name
		}
	}
	if strings.HasPrefix(ua, "WhatsApp/") {
		return "Link preview · WhatsApp"
	}
	lower := strings.ToLower(ua)
	for _, part := range []string{"bot/", "bot;", "bot ", "bot)", "crawler", "spider", "slurp"} {
		if at := strings.Index(lower, part); at >= 0 {
			return "Robot · " + wordAround(ua, at)
		}
	}
	if strings.HasSuffix(lower, "bot") {
		return "Robot · " + wordAround(ua, len(ua)-3)
	}
	return ""
}

// wordAround is the word that a position lies in.
func wordAround(ua string, at int) string {
	const ends = " ;()/,+"
	from := strings.LastIndexAny(ua[:at], ends) + 1
	to := strings.IndexAny(ua[at:], ends)
	if to < 0 {
		return ua[from:]
	}
	return ua[from : at+to]
}

// program names what is no browser, by how its User-Agent begins or by a word in it.
func program(ua string) string {
	for _, w := range beginnings() {
		if strings.HasPrefix(ua, w.in) {
			return w.name
		}
	}
	for _, w := range []word{
		{"WindowsPowerShell/", "Windows · PowerShell"}, {" PowerShell/", "PowerShell"}, {"mirall/", "Nextcloud client"},
		{"Nextcloud-android", "Android · Nextcloud"}, {"Nextcloud-iOS", "iPhone or iPad · Nextcloud"}, {"gvfs/", "Linux · Files"},
		{"kioworker/", "Linux · Dolphin"}, {"KIO/", "Linux · Dolphin"}, {"Cyberduck/", "Cyberduck"}, {"Mountain Duck/", "Mountain Duck"},
		{"AppleCoreMedia/", "Apple player"}, {"ExoPlayerLib/", "Android player"}, {"libmpv", "mpv"}, {"Kodi/", "Kodi"},
	} {
		if strings.Contains(ua, w.in) {
			return w.name
		}
	}
	if name, rest, ok := strings.Cut(ua, "/"); ok && strings.Contains(rest, "CFNetwork/") && strings.Contains(rest, "Darwin/") {
		return "Apple device · " + strings.ReplaceAll(name, "%20", " ")
	}
	return ""
}

func beginnings() []word {
	return []word{
		{"curl/", "curl"}, {"Wget/", "wget"}, {"Wget2/", "wget"}, {"rclone/", "rclone"}, {"davfs2/", "Linux · davfs2"}, {"cadaver/", "cadaver"},
		{"Microsoft-WebDAV-MiniRedir/", "Windows · Explorer"}, {"Microsoft Data Access Internet Publishing Provider", "Windows · Explorer"},
		{"WebDAVFS/", "Mac · Finder"}, {"WebDAVLib/", "Mac · Finder"}, {"Microsoft Office", "Microsoft Office"}, {"Microsoft BITS/", "Windows · BITS"},
		{"aria2/", "aria2"}, {"HTTPie/", "HTTPie"}, {"xh/", "xh"}, {"PostmanRuntime/", "Postman"}, {"insomnia/", "Insomnia"}, {"bruno-runtime/", "Bruno"},
		{"python-requests/", "Python"}, {"Python-urllib/", "Python"}, {"python-httpx/", "Python"}, {"Python/", "Python"}, {"aiohttp/", "Python"},
		{"Go-http-client/", "a Go program"}, {"Java/", "a Java program"}, {"Apache-HttpClient/", "a Java program"}, {"okhttp/", "Android app"},
		{"Dalvik/", "Android app"}, {"node", "Node.js"}, {"undici", "Node.js"}, {"axios/", "Node.js"}, {"Deno/", "Deno"}, {"Bun/", "Bun"},
		{"libwww-perl/", "Perl"}, {"lftp/", "lftp"}, {"WinSCP/", "Windows · WinSCP"}, {"FileZilla/", "FileZilla"}, {"Total Commander", "Total Commander"},
		{"VLC/", "VLC"}, {"Lavf/", "a media player"}, {"mpv ", "mpv"}, {"NSPlayer/", "Windows Media Player"}, {"Roku/", "Roku"},
		{"restic/", "restic"}, {"duplicati", "Duplicati"}, {"FolderSync", "Android · FolderSync"}, {"PhotoSync/", "PhotoSync"}, {"tusclient", "tus client"},
	}
}
