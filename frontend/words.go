package frontend

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

//go:embed src/lib/words/en.json src/lib/words/en.later.json src/lib/words/en.server.json
var english embed.FS

// words is the one table of texts, shared with the scripts.
type words map[string]phrase

// phrase is a text in its plural forms; a text without forms has only other.
type phrase struct{ one, other string }

func (p *phrase) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, &p.other); err == nil {
		p.one = p.other
		return nil
	}
	var forms struct{ One, Other string }
	if err := json.Unmarshal(b, &forms); err != nil {
		return err
	}
	p.one, p.other = forms.One, forms.Other
	return nil
}

var table = sync.OnceValues(func() (words, error) {
	w := words{}
	for _, part := range []string{"en.json", "en.later.json", "en.server.json"} {
		text, err := english.ReadFile("src/lib/words/" + part)
		if err == nil {
			err = json.Unmarshal(text, &w)
		}
		if err != nil {
			return nil, fmt.Errorf("frontend: %s: %w", part, err)
		}
	}
	return w, nil
})

// say returns the text of a key with its {fields} filled from pairs: name, value, name, value. An
// int called n also chooses the plural form and is written with thousands apart.
func (w words) say(key string, pairs ...any) (string, error) {
	p, ok := w[key]
	if !ok {
		return "", fmt.Errorf("frontend: no words for %q", key)
	}
	text := p.other
	fill := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		name := fmt.Sprint(pairs[i])
		value := fmt.Sprint(pairs[i+1])
		if n, ok := pairs[i+1].(int); ok {
			value = grouped(n)
			if name == "n" && n == 1 {
				text = p.one
			}
		}
		fill = append(fill, "{"+name+"}", value)
	}
	return strings.NewReplacer(fill...).Replace(text), nil
}
