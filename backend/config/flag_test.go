package config

import "testing"

func TestSetFlag(t *testing.T) {
	for _, c := range []struct {
		name, value string
		want        Volume
		ok          bool
	}{
		{"vmaxb", "5g", Volume{Bytes: 5 << 30}, true},
		{"vmaxn", "4k", Volume{Files: 4096}, true},
		{"sz", "0-3m", Volume{FileSize: 3 << 20}, true},
		{"sz", "1k-3m", Volume{}, false},
		{"sz", "3m", Volume{}, false},
		{"df", "100", Volume{FloorBytes: 100}, true},
		{"df", "", Volume{}, false},
		{"vmaxb", "99999999999t", Volume{}, false},
		{"vmaxb", "-1", Volume{}, false},
		{"nodupe", "", Volume{}, false},
	} {
		var v Volume
		err := v.SetFlag(c.name, c.value)
		if (err == nil) != c.ok || c.ok && (v.Bytes != c.want.Bytes || v.Files != c.want.Files || v.FileSize != c.want.FileSize || v.FloorBytes != c.want.FloorBytes) {
			t.Errorf("%s=%s: %+v %v", c.name, c.value, v, err)
		}
	}
}
