package device

import (
	"bufio"
	"os"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func corpus(t testing.TB) (names, agents []string) {
	f, err := os.Open("testdata/agents.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		name, agent, ok := strings.Cut(lines.Text(), " <- ")
		if !ok || strings.HasPrefix(name, "#") {
			continue
		}
		if agent == "-" {
			agent = ""
		}
		names, agents = append(names, name), append(agents, agent)
	}
	return names, agents
}

func TestNames(t *testing.T) {
	names, agents := corpus(t)
	if len(names) < 60 {
		t.Fatalf("the corpus holds %d agents, 60 are needed", len(names))
	}
	for i, agent := range agents {
		if got := Name(agent); got != names[i] {
			t.Errorf("%q, want %q: %s", got, names[i], agent)
		}
	}
}

// The log keeps 120 characters of a User-Agent, older lines fewer: what is left must not lead to
// another device.
func TestCutShort(t *testing.T) {
	for agent, want := range map[string]string{
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E1…": "iPhone · Safari",
		"Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (K":                                            "iPhone",
		"Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) ":                                            "Pixel 8",
	} {
		if got := Name(agent); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestHints(t *testing.T) {
	header := map[string]string{"Sec-CH-UA": `"Chromium";v="126", "Brave";v="126"`, "Sec-CH-UA-Model": `"Pixel 8"`, "Sec-CH-UA-Platform-Version": `"14.0.0"`}
	hints := HintsOf(func(name string) string { return header[name] })
	agent := "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36"
	if got := Name(Expand(agent, hints)); got != "Pixel 8 · Brave" {
		t.Errorf("%q", got)
	}
	if got := Expand(agent, Hints{}); got != agent {
		t.Errorf("without hints: %q", got)
	}
	if got := Name(Expand(agent, Hints{Model: `x); (`})); !strings.Contains(got, "Chrome") {
		t.Errorf("a hint that closes the brackets: %q", got)
	}
}

func FuzzName(f *testing.F) {
	_, agents := corpus(f)
	for _, a := range agents {
		f.Add(a, "Pixel")
	}
	f.Add("bot", "")
	f.Add("(Android;;;;", "\u202e")
	f.Fuzz(func(t *testing.T, agent, model string) {
		for _, name := range []string{Name(agent), Name(Expand(agent, Hints{Model: unquoted(model)}))} {
			if name == "" || utf8.RuneCountInString(name) > most || !utf8.ValidString(name) {
				t.Fatalf("%q", name)
			}
			for _, r := range name {
				if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
					t.Fatalf("%q holds %U", name, r)
				}
			}
		}
	})
}
