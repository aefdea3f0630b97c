package device

import (
	"regexp"
	"strings"
)

// macOrPad: Safari of an iPad asks for pages "for computers" and then says word for word what Safari
// of a Mac says.
const macOrPad = "Mac or iPad"

// hardware names the device itself.
func hardware(ua string) string {
	for _, w := range []word{
		{"iPod", "iPod"}, {"iPad", "iPad"}, {"iPhone", "iPhone"}, {"Windows Phone", "Windows Phone"}, {"PlayStation 5", "PlayStation 5"},
		{"PlayStation 4", "PlayStation 4"}, {"Nintendo Switch", "Nintendo Switch"}, {"Xbox", "Xbox"}, {"Web0S", "LG television"}, {"webOS", "LG television"},
		{"Tizen", "Samsung television"}, {"KAIOS/", "KaiOS phone"}, {"Kindle/", "Kindle"}, {"AppleTV", "Apple TV"}, {"CrKey/", "Chromecast"},
	} {
		if strings.Contains(ua, w.in) && !(w.in == "Xbox" && strings.Contains(ua, "Android")) {
			if w.in == "Tizen" && !strings.Contains(ua, "TV") {
				return "Samsung device"
			}
			return w.name
		}
	}
	switch {
	case strings.Contains(ua, "Android"), strings.Contains(ua, "Linux; U;"):
		return android(ua)
	case strings.Contains(ua, "Macintosh"):
		return macintosh(ua)
	case strings.Contains(ua, "CrOS"):
		return "Chromebook"
	case strings.Contains(ua, "Windows"):
		return "Windows"
	case strings.Contains(ua, "Ubuntu"), strings.Contains(ua, "Linux"), strings.Contains(ua, "X11; U"):
		return "Linux"
	case strings.Contains(ua, "FreeBSD"):
		return "FreeBSD"
	case strings.Contains(ua, "OpenBSD"):
		return "OpenBSD"
	}
	return ""
}

// macintosh tells a Mac from an iPad that claims to be one, where that can be told: the browsers of
// others have names of their own on the iPad.
func macintosh(ua string) string {
	for _, only := range []string{"CriOS/", "FxiOS/", "EdgiOS/", "OPT/", "OPiOS/", "GSA/", "Mobile/"} {
		if strings.Contains(ua, only) {
			return "iPad"
		}
	}
	for _, other := range []string{"Chrome/", "Firefox/", "Chromium/"} {
		if strings.Contains(ua, other) {
			return "Mac"
		}
	}
	return macOrPad
}

// android names the model, where the browser tells it, with its maker where the model does not say.
func android(ua string) string {
	kind := "Android tablet"
	if strings.Contains(ua, "Mobile") || strings.Contains(ua, "Mobi") {
		kind = "Android phone"
	}
	if !strings.Contains(ua, ")") {
		kind = "Android"
	}
	inside := bracket(ua)
	for part := range strings.SplitSeq(inside, ";") {
		part = strings.TrimSpace(part)
		if at := strings.Index(part, "Build/"); at >= 0 {
			part = strings.TrimSpace(part[:at])
		}
		if noModel(part) {
			continue
		}
		return maker(part)
	}
	if strings.Contains(inside, "Tablet") {
		kind = "Android tablet"
	}
	return kind
}

// bracket is what stands in the first brackets; models may have brackets of their own.
func bracket(ua string) string {
	open := strings.IndexByte(ua, '(')
	if open < 0 {
		return ""
	}
	depth := 0
	for i := open; i < len(ua); i++ {
		switch ua[i] {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return ua[open+1 : i]
			}
		}
	}
	return ua[open+1:]
}

var locale = regexp.MustCompile(`^[a-z]{2}([-_][A-Za-z]{2})?$`)

// noModel reports whether a part of the brackets says something else, or nothing ("K" is what Chrome
// puts there since it hides the model).
func noModel(part string) bool {
	switch part {
	case "", "K", "U", "wv", "Linux", "Mobile", "Tablet", "TV", "HarmonyOS", "arm", "arm_64", "x86_64", "compatible", "Unspecified Device":
		return true
	}
	for _, prefix := range []string{"Android", "Linux ", "rv:", "WOW", "HMSCore", "GMSCore", "Build", "DuckDuckGo", "Opera", "ReactorNetty"} {
		if strings.HasPrefix(part, prefix) {
			return true
		}
	}
	return locale.MatchString(part)
}

// pattern is how the models of a maker look.
type pattern struct {
	model *regexp.Regexp
	maker string
}

var patterns = []pattern{
	{regexp.MustCompile(`^(SM|GT|SCH|SGH|SHV)-`), "Samsung"},
	{regexp.MustCompile(`^CPH\d|^P[A-Z]{3}\d{2}$`), "OPPO"},
	{regexp.MustCompile(`^RMX\d`), "realme"},
	{regexp.MustCompile(`^V\d{4}[A-Z]?$|^vivo `), "vivo"},
	{regexp.MustCompile(`^(IN|LE|KB|NE|AC|HD|GM|BE|DN)\d{4}$|^ONEPLUS`), "OnePlus"},
	{regexp.MustCompile(`^(moto|XT\d|motorola)`), "Motorola"},
	{regexp.MustCompile(`^XQ-|^(SO|SOG)-?\d|^[A-Z]\d{4}$`), "Sony"},
	{regexp.MustCompile(`^(LM|LG)-`), "LG"},
	{regexp.MustCompile(`^(M\d{4}[A-Z]|2\d{3,}[A-Z0-9]+$|Mi |MI )`), "Xiaomi"},
	{regexp.MustCompile(`^KF[A-Z]{2,}|^AFT`), "Amazon"},
	{regexp.MustCompile(`^FP\d`), "Fairphone"},
	{regexp.MustCompile(`^A0\d\d$|^AIN\d`), "Nothing"},
	{regexp.MustCompile(`^(ASUS_|ASUSAI)`), "ASUS"},
	{regexp.MustCompile(`^[A-Z]{3}-([A-Z]{1,2}\d|N\d|AN|LX|NX)`), "Huawei or Honor"},
	{regexp.MustCompile(`^TB[-\dJ]`), "Lenovo"},
}

// maker puts the maker's name before a model that does not say it.
func maker(model string) string {
	if rest, ok := strings.CutPrefix(model, "SAMSUNG "); ok {
		model = rest
	}
	for _, p := range patterns {
		if !p.model.MatchString(model) {
			continue
		}
		if strings.HasPrefix(strings.ToLower(model), strings.ToLower(p.maker)) {
			return p.maker + model[len(p.maker):]
		}
		return p.maker + " " + model
	}
	return model
}
