package config

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

func TestDescribe(t *testing.T) {
	c := Defaults()
	c.Keep.Trash = 7 * Day
	c.Limits.FileSize = 2_000_000_000
	c.Quota.Bytes = map[string]Size{"ada": 5_000_000_000}
	c.HTTP.TLS.Names = []string{"files.lan"}
	seen := map[string]Setting{}
	for _, g := range Describe(&c) {
		if g.Key == "" || g.Doc == "" || len(g.Settings) == 0 {
			t.Errorf("%+v", g)
		}
		for _, s := range g.Settings {
			if !strings.HasPrefix(s.Key, g.Key+".") || s.Doc == "" || s.Kind == "" || s.Kind != FormList && (s.Kind == FormChoice) != (len(s.Choices) > 0) {
				t.Errorf("%+v", s)
			}
			seen[s.Key] = s
		}
	}
	for key := range risks() {
		if _, ok := seen[key]; !ok {
			t.Errorf("there is a risk of %s, which is no setting", key)
		}
	}
	for key, want := range map[string]string{
		"keep.trash": `duration "7d" true`, "limits.file_size": `size "2GB" true`, "quota.bytes": `map {"ada":"5GB"} true`,
		"http.tls.names": `list ["files.lan"] true`, "http.tls.mode": `choice "auto" false`, "http.tls.required": `bool false false`,
		"limits.connections": `number 4096 false`, "http.addr": `text ":3923" false`, "keep.versions": `duration "90d" false`,
	} {
		s := seen[key]
		text, err := json.Marshal(s.Value)
		if got := string(s.Kind) + " " + string(text) + map[bool]string{true: " true", false: " false"}[s.Set]; err != nil || got != want {
			t.Errorf("%s: got %s, %v, want %s", key, got, err, want)
		}
	}
}

// TestDescribedValuesCanBeSet: what Describe shows of a setting is what a change of it takes, through
// JSON and back.
func TestDescribedValuesCanBeSet(t *testing.T) {
	c := Defaults()
	c.Quota.Bytes = map[string]Size{"ada": 5_000_000_000, "*": 0}
	c.Quota.Files = map[string]int{"ada": 7}
	c.HTTP.TrustedProxies = []string{"10.0.0.0/8"}
	for _, g := range Describe(&c) {
		for _, s := range g.Settings {
			text, err := json.Marshal(s.Value)
			if err != nil {
				t.Fatal(err)
			}
			var back any
			if err := json.Unmarshal(text, &back); err != nil {
				t.Fatal(err)
			}
			file, err := Edit("test", nil, Change{Key: s.Key, Value: back})
			if err != nil {
				t.Errorf("%s = %s: %v", s.Key, text, err)
				continue
			}
			now, err := Parse("test", file)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range Describe(&now) {
				for _, n := range g.Settings {
					if n.Key == s.Key && !reflect.DeepEqual(n.Value, s.Value) {
						t.Errorf("%s was %v and became %v", s.Key, s.Value, n.Value)
					}
				}
			}
		}
	}
}
