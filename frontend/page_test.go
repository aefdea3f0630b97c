package frontend

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// hostile is a name that tries everything at once.
const hostile = `"><script>alert(1)</script>{{.}}'&amp;</script><!--` + "\u202egpj.exe\u2028"

func folderPage() *Page {
	return &Page{
		Kind: KindFolder, Status: 200, Title: "Holiday photos", Host: "Studio laptop", Path: "/s/k7qf2mzx/2024/", Share: true,
		Crumbs: []Crumb{{"Holiday photos", "/s/k7qf2mzx/"}, {"2024", "/s/k7qf2mzx/2024/"}},
		Rights: "rw", Folders: 1, Files: 1203, Bytes: 3_100_000_000, PageNo: 2, Pages: 3,
		Entries: []Row{
			{Name: "Trip", Href: "/s/k7qf2mzx/2024/Trip/", Kind: "d"},
			{Name: "IMG_1.JPG", Href: "/s/k7qf2mzx/2024/IMG_1.JPG", Kind: "f", Size: 3_200_000, Modified: time.Date(2026, 9, 3, 7, 5, 0, 0, time.UTC)},
			{Name: "arriving.mov", Href: "arriving.mov", Kind: "f", Pending: true},
		},
	}
}

func pages() map[string]*Page {
	problem := &Problem{Cause: "This link has ended.", Done: "Nothing was sent.", Action: "Go to the start", Href: "/", Code: "SH-GONE-01"}
	empty := folderPage()
	empty.Entries, empty.Folders, empty.Files, empty.Pages = nil, 0, 0, 1
	readOnly := folderPage()
	readOnly.Rights = "r"
	inbox := folderPage()
	inbox.Rights, inbox.Entries = "w", nil
	pictures := folderPage()
	pictures.Entries = nil
	for range 10 {
		pictures.Entries = append(pictures.Entries, Row{Name: "a.jpg", Href: "a.jpg", Kind: "f", Size: 1000})
	}
	said := folderPage()
	said.Said, said.Problem = "3 files arrived.", problem
	signedIn := folderPage()
	signedIn.Share, signedIn.Who = false, "alice"
	guest := folderPage()
	guest.Share, guest.Crumbs = false, []Crumb{{"Studio laptop", "/"}}
	oneFile := folderPage()
	oneFile.Folders, oneFile.Files, oneFile.Bytes = 0, 1, 1200
	oneFile.Entries = []Row{{Name: "a b.pdf", Href: "a%20b.pdf", Kind: "f", Size: 1200}}
	return map[string]*Page{
		"folder": folderPage(), "empty": empty, "read only": readOnly, "inbox": inbox, "pictures": pictures,
		"said": said, "signed in": signedIn, "guest": guest, "no crumbs": {Kind: KindFolder, Rights: "r", Path: "/"},
		"sign in":    {Kind: KindSignIn, Status: 401, Host: "Studio laptop", NeedName: true, Return: "/photos/"},
		"password":   {Kind: KindSignIn, Status: 401, Host: "Studio laptop", Share: true, Return: "/s/k7qf2mzx/", Problem: problem},
		"gone":       {Kind: KindError, Status: 410, Problem: problem},
		"absent":     {Kind: KindAbsent, Status: 503, Problem: problem},
		"nothing":    {Kind: KindError, Status: 500},
		"lost":       {Kind: KindError, Status: 404, Path: "/s/k7/sub/gone.jpg", Problem: &Problem{Cause: "“gone.jpg” does not exist."}},
		"no link":    {Kind: KindError, Status: 404, Path: "/s/k7/", Problem: &Problem{Cause: "This link leads nowhere."}},
		"one file":   oneFile,
		"wrong name": {Kind: KindSignIn, Status: 401, NeedName: true, Return: "/", Entered: `ali"ce`, Problem: problem},
		"waiting":    {Kind: KindAbsent, Status: 503, Path: "/photos/"},
		"asked":      {Kind: KindWaiting, Status: 403, Host: "Studio laptop", Asked: "waiting", Share: true, Path: "/s/k7/"},
		"unanswered": {Kind: KindWaiting, Status: 403, Asked: "nobody", Share: true, Return: "/s/k7/a\"b"},
		"let out":    {Kind: KindWaiting, Status: 403, Asked: "no", Share: true},
	}
}

func render(t *testing.T, p *Page) string {
	t.Helper()
	var out bytes.Buffer
	if err := Render(&out, p); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestEveryPageIsWellFormed(t *testing.T) {
	for name, p := range pages() {
		t.Run(name, func(t *testing.T) {
			text := render(t, p)
			balanced(t, text)
			if strings.Contains(text, "{{") || strings.Contains(text, "ZgotmplZ") {
				t.Error("a template is left over")
			}
			for _, banned := range []*regexp.Regexp{
				regexp.MustCompile(`<script>|<style|\sstyle=|\son[a-z]+=|javascript:`), // inline code, which the policy forbids
				regexp.MustCompile(`(?:src|href|action)="(?:https?:)?//`),              // other servers
				regexp.MustCompile(`>\s*(?:[a-z]+\.[a-z.]+)\s*<`),                      // a key without words
			} {
				if m := banned.FindString(text); m != "" {
					t.Errorf("%q must not be in a page", m)
				}
			}
		})
	}
}

// balanced checks that every element is closed where it belongs and no id is there twice.
func balanced(t *testing.T, text string) {
	t.Helper()
	if !strings.HasPrefix(text, "<!doctype html>\n<html lang=\"en-GB\">") {
		t.Error("no doctype or language")
	}
	void := map[string]bool{"meta": true, "link": true, "input": true, "img": true, "br": true}
	ids := map[string]bool{}
	var open []string
	z := html.NewTokenizer(strings.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if z.Err() != io.EOF {
				t.Fatal(z.Err())
			}
			if len(open) > 0 {
				t.Errorf("never closed: %v", open)
			}
			return
		case html.StartTagToken:
			token := z.Token()
			for _, a := range token.Attr {
				if a.Key == "id" {
					if ids[a.Val] {
						t.Errorf("id %q twice", a.Val)
					}
					ids[a.Val] = true
				}
			}
			if !void[token.Data] {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			name := z.Token().Data
			if len(open) == 0 || open[len(open)-1] != name {
				t.Fatalf("</%s> closes %v", name, open)
			}
			open = open[:len(open)-1]
		}
	}
}

func TestHostileTextIsOnlyText(t *testing.T) {
	for name, p := range pages() {
		t.Run(name, func(t *testing.T) {
			p.Title, p.Host, p.Return, p.Said = hostile, hostile, hostile, hostile
			if p.Who != "" {
				p.Who = hostile
			}
			p.Entries = append(p.Entries, Row{Name: hostile, Href: "/" + "%22%3E", Kind: "f"}, Row{Name: hostile + ".jpg", Href: `javascript:alert(1)`, Kind: "f"})
			p.Crumbs = []Crumb{{hostile, "/"}, {hostile, `javascript:alert(1)`}}
			p.Problem = &Problem{Cause: hostile, Done: hostile, Action: hostile, Href: `javascript:alert(1)`, Code: hostile}
			p.Boot = map[string]string{"x": hostile}
			text := render(t, p)
			balanced(t, text)
			if strings.Contains(text, "<script>alert") || strings.Contains(text, `href="javascript:`) {
				t.Error("hostile text became code")
			}
			if got := bootOf(t, text); got.Title != hostile || got.Host != hostile {
				t.Errorf("boot data changed the text: %q", got.Title)
			}
		})
	}
}

func bootOf(t *testing.T, text string) boot {
	t.Helper()
	m := regexp.MustCompile(`(?s)<script type="application/json" id="boot">(.*?)</script>`).FindStringSubmatch(text)
	if m == nil {
		t.Fatal("no boot data")
	}
	var b boot
	if err := json.Unmarshal([]byte(m[1]), &b); err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWhatPagesSay(t *testing.T) {
	all := pages()
	for _, c := range []struct {
		page string
		has  []string
		not  []string
	}{
		{"folder", []string{
			`<title>Holiday photos – Studio laptop</title>`, `from Studio laptop`, `href="?zip"`, `1 folder, 1,203 files`, `3.2 MB`, `3 Sep 2026<span>, 07:05</span>`,
			`src="/s/k7qf2mzx/2024/IMG_1.JPG?th=320"`, `href="?page=1"`, `href="?page=3"`, `Page 2 of 3`, `name="f"`, `name="back" value="1"`,
			`<a href="/s/k7qf2mzx/"><bdi>Holiday photos</bdi></a>`, `Arriving`, `Not encrypted on this Wi-Fi`,
		}, []string{`Sign in`, `class="tiles"`}},
		{"empty", []string{`Nothing here yet`, `What you send appears here.`}, []string{`?zip`, `class="pager"`}},
		{"read only", []string{`?zip`}, []string{`type="file"`, `Send photos`}},
		{"inbox", []string{`You will not see other people’s files.`, `name="f"`, `Send files to Studio laptop`}, []string{`?zip`, `<ul`}},
		{"pictures", []string{`<ul class="tiles">`, `as-tiles`}, []string{`class="heads"`}},
		{"said", []string{`3 files arrived.`, `role="alert"`}, nil},
		{"signed in", []string{`Signed in as alice`, `action="/-/signout"`}, nil},
		{"guest", []string{`href="/-/signin?return=`}, []string{`class="crumbs"`}},
		{"sign in", []string{`name="name"`, `autocomplete="current-password"`, `value="/photos/"`}, nil},
		{"password", []string{`This share has a password`, `role="alert"`}, []string{`name="name"`}},
		{"gone", []string{`This link has ended.`, `Code SH-GONE-01`, `href="/"`}, nil},
		{"absent", []string{`#i-unplugged`}, nil},
		{"nothing", []string{`Something broke on the other side.`}, nil},
		{"lost", []string{`href="/s/k7/sub/"`, `To the folder above`, `class="brand" href="/s/k7/"`}, nil},
		{"no link", []string{`This link leads nowhere.`}, []string{`To the folder above`}},
		{"one file", []string{`href="a%20b.pdf?dl"`, `</svg>Download <span`, `1.2 KB`}, []string{`?zip`, `Download all`}},
		{"wrong name", []string{`value="ali&#34;ce"`, `required autofocus aria-invalid`}, nil},
		{"waiting", []string{`The share waits.`, `href="/photos/"`, `Try again`}, nil},
	} {
		t.Run(c.page, func(t *testing.T) {
			text := render(t, all[c.page])
			for _, want := range c.has {
				if !strings.Contains(text, want) {
					t.Errorf("%q is missing", want)
				}
			}
			for _, banned := range c.not {
				if strings.Contains(text, banned) {
					t.Errorf("%q must not be there", banned)
				}
			}
		})
	}
}

func TestEncryptedPageSaysSo(t *testing.T) {
	p := folderPage()
	p.Encrypted = true
	if text := render(t, p); !strings.Contains(text, "Encrypted</span>") || strings.Contains(text, "Not encrypted") {
		t.Error("an encrypted page must say that it is")
	}
}

func TestBootData(t *testing.T) {
	b := bootOf(t, render(t, folderPage()))
	if b.Kind != "folder" || b.Path != "/s/k7qf2mzx/2024/" || b.Files != 1203 || b.Pages != 3 || len(b.Crumbs) != 2 {
		t.Errorf("boot data: %+v", b)
	}
	if b := bootOf(t, render(t, pages()["inbox"])); b.Kind != "inbox" {
		t.Errorf("an inbox boots as %q", b.Kind)
	}
	if b := bootOf(t, render(t, pages()["absent"])); b.Kind != "absent" {
		t.Errorf("an absent drive boots as %q", b.Kind)
	}
}

func FuzzRender(f *testing.F) {
	f.Add("a.jpg", "/a.jpg", "rw")
	f.Add(hostile, "//evil", "w")
	f.Fuzz(func(t *testing.T, name, href, rights string) {
		p := folderPage()
		p.Title, p.Host, p.Rights = name, name, rights
		p.Entries = []Row{{Name: name, Href: href, Kind: "f"}}
		p.Crumbs = []Crumb{{name, href}, {name, href}}
		balanced(t, render(t, p))
	})
}

// TestWaitingPage: with scripts off it looks again by itself, and only while there may be an answer.
func TestWaitingPage(t *testing.T) {
	for asked, want := range map[string][]string{
		"waiting": {"Waiting for Studio laptop to let you in…", `http-equiv="refresh"`, `"kind":"waiting"`},
		"nobody":  {"Nobody answered.", `action="/-/ask"`, `value="/s/k7/"`, "Ask again", `"kind":"problem"`},
		"no":      {"Studio laptop did not let this device in.", `"kind":"problem"`},
	} {
		text := render(t, &Page{Kind: KindWaiting, Status: 403, Host: "Studio laptop", Asked: asked, Share: true, Path: "/s/k7/", Return: "/s/k7/"})
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("%s: %q is missing", asked, part)
			}
		}
		if asked != "waiting" && strings.Contains(text, "refresh") {
			t.Errorf("%s: the page looks again", asked)
		}
	}
}
