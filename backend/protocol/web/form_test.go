package web

import (
	"strings"
	"testing"
)

// TestFormOfManyParts: a form has an end, and few refusals are told one by one.
func TestFormOfManyParts(t *testing.T) {
	h := newHouse(t, nil)
	part := "--x\r\nContent-Disposition: form-data; name=f; filename=a\r\n\r\n\r\n"
	kind := "Content-Type: multipart/form-data; boundary=x"
	h.do("POST", "/files/", "@bob", kind, ">"+strings.Repeat(part, maxParts+1)+"--x--\r\n").want(t, 413)
	h.do("POST", "/files/", "@bob", kind, ">"+strings.Repeat(part, 2000)+"--x--\r\n").want(t, 403)
	mixed := "--x\r\nContent-Disposition: form-data; name=f; filename=\"ok.txt\"\r\n\r\nfine\r\n" +
		strings.Repeat("--x\r\nContent-Disposition: form-data; name=f; filename=\"..\"\r\n\r\n\r\n", 300) + "--x--\r\n"
	if got := h.do("POST", "/files/", "@alice", kind, ">"+mixed); got.StatusCode != 207 || !strings.HasSuffix(got.body, "and 200 more were refused\n") {
		t.Errorf("%d %s", got.StatusCode, got.body[max(0, len(got.body)-200):])
	}
}

// TestStrangersLearnLittle: who has an account here is not told to guests, nor how much room there is
// to those who cannot use it; and other sites cannot embed what is served.
func TestStrangersLearnLittle(t *testing.T) {
	h := newHouse(t, nil)
	h.do("PUT", "/files/a.txt", "@alice", ">hello").want(t, 201)
	if got := h.do("GET", "/files/a.txt?info", "@alice"); !strings.Contains(got.body, `"by":"alice"`) {
		t.Error(got.body)
	}
	if got := h.do("GET", "/files/a.txt?info").want(t, 200); strings.Contains(got.body, "alice") || !strings.Contains(got.body, `"free":-1`) {
		t.Error(got.body)
	}
	h.do("GET", "/files/a.txt", "@alice").head(t, "Cross-Origin-Resource-Policy", "same-origin")
	h.do("GET", "/files/?zip", "@alice").head(t, "Cross-Origin-Resource-Policy", "same-origin")
}
