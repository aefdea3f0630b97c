package config

import (
	"reflect"
	"strings"
)

// Group is a section of the settings, as a page shows it.
type Group struct {
	Key      string // "http.tls"
	Doc      string
	Settings []Setting
}

// Setting is one value that can be set.
type Setting struct {
	Key      string // "http.tls.mode"
	Doc      string
	Risk     string // what may go wrong when it is changed, "" where nothing does
	Kind     Form
	Value    any // as JSON: sizes and durations are texts
	Default  any
	Set      bool // it is not the default
	Choices  []string
	Min, Max string
	Example  string // as in the file
}

// Form is how a value is written.
type Form string

// The forms of values.
const (
	FormText     Form = "text"
	FormBool     Form = "bool"
	FormNumber   Form = "number"
	FormSize     Form = "size"     // "2GB"
	FormDuration Form = "duration" // "7d"
	FormChoice   Form = "choice"   // one of Choices
	FormList     Form = "list"
	FormMap      Form = "map"
)

// Describe returns every setting of c but those of volumes, in the order of the file.
func Describe(c *Config) []Group {
	defaults := Defaults()
	return describe(nil, "", "", reflect.ValueOf(*c), reflect.ValueOf(defaults))
}

func describe(out []Group, key, doc string, v, defaults reflect.Value) []Group {
	at := len(out)
	if key != "" {
		out = append(out, Group{Key: key, Doc: doc})
	}
	for _, f := range fields(v.Type()) {
		switch name := join(key, f.name); {
		case isBlocks(f.typ):
		case isTable(f.typ):
			out = describe(out, name, f.doc(), v.Field(f.index), defaults.Field(f.index))
		default:
			out[at].Settings = append(out[at].Settings, describeOne(f, name, v.Field(f.index), defaults.Field(f.index)))
		}
	}
	return out
}

func describeOne(f field, key string, v, standard reflect.Value) Setting {
	s := Setting{
		Key: key, Doc: f.doc(), Risk: risks()[key], Kind: formOf(f), Value: value(v), Default: value(standard),
		Min: f.tag.Get("min"), Max: f.tag.Get("max"), Example: exampleValue(f),
	}
	s.Set = !reflect.DeepEqual(s.Value, s.Default)
	if list := f.tag.Get("oneof"); list != "" {
		s.Choices = strings.Split(list, ",")
	}
	return s
}

func formOf(f field) Form {
	switch {
	case f.tag.Get("oneof") != "" && f.typ.Kind() != reflect.Slice:
		return FormChoice
	case f.typ == durationType:
		return FormDuration
	case f.typ == sizeType:
		return FormSize
	}
	switch f.typ.Kind() {
	case reflect.Bool:
		return FormBool
	case reflect.Int, reflect.Int64:
		return FormNumber
	case reflect.Slice:
		return FormList
	case reflect.Map:
		return FormMap
	}
	return FormText
}

// value is v as JSON has it: what Change.Value takes back.
func value(v reflect.Value) any {
	switch {
	case v.Type() == durationType:
		return Duration(v.Int()).String()
	case v.Type() == sizeType:
		if v.Int() == 0 {
			return "0"
		}
		return Size(v.Int()).String()
	}
	switch v.Kind() {
	case reflect.Slice:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = value(v.Index(i))
		}
		return out
	case reflect.Map:
		out := make(map[string]any, v.Len())
		for _, name := range sortedKeys(v) {
			out[name] = value(v.MapIndex(reflect.ValueOf(name)))
		}
		return out
	}
	return v.Interface()
}

// risks says of settings what follows from changing them that nobody expects. The others do what
// their words say and can be set back without loss.
func risks() map[string]string {
	return map[string]string{
		"http.addr":                      "Links and QR codes that were handed out with the old port do not work any more.",
		"http.public_url":                "New links lead there; whoever is on this network only may not reach it. Whoever can open that address from outside can try keys of links.",
		"http.trusted_proxies":           "Whoever has one of these addresses can claim to come from anywhere: limits per address, and links for local networks, then believe them.",
		"http.proxy_header":              "A header that the proxy does not overwrite lets visitors claim any address.",
		"http.tls.mode":                  "Off: passwords and files can be read by everybody on the network. Your own files: when they cannot be read, the encrypted address does not answer.",
		"http.tls.names":                 "The certificate is made anew: browsers that trusted the old one warn again.",
		"http.tls.required":              "Browsers warn about a certificate that was made here, and devices that do not know encryption are kept out.",
		"ftp.old_tls":                    "Whoever stands between such a device and this computer can break its encryption: read its password and files, and change them. Name an account with few rights.",
		"sftp.old_ssh":                   "Whoever stands between such a device and this computer can break its encryption: read its password and files, and change them. Name an account with few rights.",
		"tftp.write":                     "replace: whoever can send from an address that may replace, or forges it, can overwrite what is there.",
		"tftp.devices":                   "Whoever forges such an address gets what that account may.",
		"tftp.networks":                  "Networks beyond your own: strangers can have files sent to addresses that never asked for them.",
		"http.timeouts.stall":            "Short: slow phones and phones that sleep lose their transfers, which then have to be resumed.",
		"network.unapproved":             "Open: on a train or in a café, whoever has a link can open it there, too.",
		"network.announce":               "On: everybody on an approved network reads the name of this computer, and that Portico runs on it.",
		"network.announce_kinds":         "Without mdns, the name of this computer in .local leads nowhere; without wsd, Windows does not list it.",
		"limits.connections":             "Low: newcomers wait although nothing is wrong. High: a flood of connections takes more memory.",
		"limits.connections_per_address": "0: one device can take every connection there is.",
		"limits.password_checks":         "Each takes 64 MB of memory while it runs.",
		"keep.activity":                  "Older lines go at once and do not come back.",
		"keep.activity_count":            "Older lines go at once and do not come back.",
		"keep.unfinished":                "Uploads that were cut longer ago go, and have to be sent from their beginning.",
		"keep.trash":                     "What was removed longer ago goes for good.",
		"keep.versions":                  "What was replaced longer ago goes for good.",
		"keep.signed_in":                 "Shorter: browsers that were away for longer have to sign in again. Longer: a phone that is lost stays signed in.",
		"accounts.min_password":          "Only new passwords are held to it; short ones that stand stay.",
		"log.file":                       "Holds names of files and addresses of visitors.",
	}
}
