package device

import "strings"

// browser names the browser, or the app that shows the page inside itself. Almost all of them claim
// to be others, too, so what is rarer is looked for first.
func browser(ua, thing string) string {
	for _, w := range apps() {
		if strings.Contains(ua, w.in) {
			return w.name
		}
	}
	for _, w := range browsers() {
		if strings.Contains(ua, w.in) {
			return w.name
		}
	}
	apple := thing == "iPhone" || thing == "iPad" || thing == "iPod" || thing == macOrPad
	switch {
	case strings.Contains(ua, "; wv)"):
		return "inside an app"
	case strings.Contains(ua, "Chrome/"):
		return "Chrome"
	case strings.Contains(ua, "Version/") && strings.Contains(ua, "Android"):
		return "Android browser"
	case strings.Contains(ua, "Version/") && strings.Contains(ua, "AppleWebKit/"), strings.Contains(ua, "Safari/") && apple:
		return "Safari"
	case apple && strings.Contains(ua, "Mobile/"):
		return "inside an app" // a page of Safari says its version
	}
	return ""
}

// apps show pages inside themselves.
func apps() []word {
	return []word{
		{"[FB", "Facebook"}, {"FBAN/", "Facebook"}, {"FBAV/", "Facebook"}, {"Instagram ", "Instagram"}, {"Barcelona ", "Threads"}, {" Line/", "LINE"},
		{"MicroMessenger/", "WeChat"}, {"GSA/", "Google app"}, {"Snapchat/", "Snapchat"}, {"Twitter for", "X"}, {"TwitterAndroid", "X"},
		{"LinkedInApp", "LinkedIn"}, {"musical_ly", "TikTok"}, {"BytedanceWebview", "TikTok"}, {"TikTok", "TikTok"}, {"[Pinterest/", "Pinterest"},
		{"KAKAOTALK", "KakaoTalk"}, {"WhatsApp/", "WhatsApp"}, {"Teams/", "Teams"}, {"Slack_SSB/", "Slack"}, {"Electron/", "a desktop app"},
		{"DuckDuckGo/", "DuckDuckGo"}, {"Ddg/", "DuckDuckGo"},
	}
}

func browsers() []word {
	return []word{
		{"HeadlessChrome/", "Chrome without a window"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"}, {"Edg/", "Edge"}, {"Edge/", "Edge"},
		{"OPX/", "Opera GX"}, {"OPRGX/", "Opera GX"}, {"OPR/", "Opera"}, {"OPT/", "Opera Touch"}, {"OPiOS/", "Opera Mini"}, {"Opera Mini/", "Opera Mini"}, {"Opera", "Opera"},
		{"SamsungBrowser/", "Samsung Internet"}, {"YaBrowser/", "Yandex"}, {"Vivaldi/", "Vivaldi"}, {"Brave", "Brave"}, {"UCBrowser/", "UC Browser"},
		{"HuaweiBrowser/", "Huawei Browser"}, {"MiuiBrowser/", "Mi Browser"}, {"HeyTapBrowser/", "OPPO browser"}, {"VivoBrowser/", "vivo browser"},
		{"Silk/", "Silk"}, {"MQQBrowser/", "QQ Browser"}, {"Whale/", "Whale"}, {"Ecosia ", "Ecosia"}, {"Puffin/", "Puffin"}, {"Klar/", "Firefox Klar"},
		{"Focus/", "Firefox Focus"}, {"FxiOS/", "Firefox"}, {"Thunderbird/", "Thunderbird"}, {"SeaMonkey/", "SeaMonkey"}, {"PaleMoon/", "Pale Moon"}, {"Firefox/", "Firefox"},
		{"CriOS/", "Chrome"}, {"Chromium/", "Chromium"}, {"Epiphany/", "GNOME Web"}, {"Falkon/", "Falkon"}, {"konqueror/", "Konqueror"},
		{"MSIE ", "Internet Explorer"}, {"Trident/", "Internet Explorer"}, {"Links ", "Links"}, {"Lynx/", "Lynx"}, {"w3m/", "w3m"},
	}
}
