package frontend

import (
	"bytes"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

func TestWindow(t *testing.T) {
	var out bytes.Buffer
	if err := Window(&out); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if regexp.MustCompile(`<script[^>]*>[^<]`).MatchString(text) || regexp.MustCompile(`(?i)\s(on\w+|style)=`).MatchString(text) {
		t.Error("the document has a script or a style inside, which its policy refuses")
	}
	h := AssetHandler()
	for _, m := range regexp.MustCompile(`(?:src|href)="(/[^"]+)"`).FindAllStringSubmatch(text, -1) {
		if got := get(h, http.MethodGet, m[1]); got.StatusCode != 200 {
			t.Errorf("%s: %d", m[1], got.StatusCode)
		}
	}
	if built := strings.Contains(text, "<script type=\"module\""); built != (load().built.Window.Script != "") {
		t.Errorf("a script in the document: %v", built)
	}
}
