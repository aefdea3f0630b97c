package config

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestEverySettingHasAName: the window calls each setting by words of its own, and knows none that is not.
func TestEverySettingHasAName(t *testing.T) {
	file, err := os.Open("../../frontend/src/lib/words/en.settings.json")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	named := make(map[string]bool)
	words := json.NewDecoder(file)
	if _, err := words.Token(); err != nil {
		t.Fatal(err)
	}
	for words.More() {
		key, err := words.Token()
		if err != nil {
			t.Fatal(err)
		}
		if name, err := words.Token(); err != nil || name == "" || named[key.(string)] {
			t.Errorf("%v: %q twice, or without words: %v", key, name, err)
		}
		named[key.(string)] = true
	}
	c := Defaults()
	var missing []string
	for _, group := range Describe(&c) {
		keys := []string{group.Key}
		for _, one := range group.Settings {
			keys = append(keys, one.Key)
		}
		for _, key := range keys {
			if !named[key] {
				missing = append(missing, key)
			}
			delete(named, key)
		}
	}
	if len(missing) > 0 || len(named) > 0 {
		t.Errorf("without a name: %s; named, and no setting: %v", strings.Join(missing, " "), named)
	}
}
