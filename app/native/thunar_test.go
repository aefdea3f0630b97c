package native

import (
	"encoding/xml"
	"errors"
	"os"
	"strings"
	"testing"
)

const othersAction = "<action>\n\t<name>Other</name>\n\t<unique-id>1700000000-1</unique-id>\n\t<command>x &amp; y</command>\n</action>\n"

func TestThunarListKeepsEverythingElse(t *testing.T) {
	const ours = "'/opt/a & b/portico' --data /x%y"
	if action := thunarAction(ours); !strings.Contains(action, "&#39;/opt/a &amp; b/portico&#39; --data /x%%y %F") {
		t.Error(action)
	}
	for name, text := range map[string]string{
		"begun by us":        thunarEmpty,
		"others":             xml.Header + "<!DOCTYPE actions [<!ELEMENT actions (action)+>]>\n<!-- mine -->\n<actions>\n" + othersAction + "</actions>\n<!-- end -->",
		"on one line":        "<actions>" + strings.ReplaceAll(othersAction, "\n", "") + "</actions>",
		"lines of Windows":   strings.ReplaceAll("<actions>\n"+othersAction+"</actions>\n", "\n", "\r\n"),
		"the id in a name":   "<actions><action><name>" + thunarID + "</name><unique-id>x</unique-id></action></actions>",
		"the id elsewhere":   "<actions><unique-id>" + thunarID + "</unique-id><action><sub><unique-id>" + thunarID + "</unique-id></sub></action></actions>",
		"a tail of comments": "<actions>\n</actions><!-- <action><unique-id>" + thunarID + "</unique-id></action> -->\n",
	} {
		t.Run(name, func(t *testing.T) {
			with, err := withThunarAction([]byte(text), ours)
			if err != nil {
				t.Fatal(err)
			}
			if f, err := readThunar(with); err != nil || len(f.ours) != 1 {
				t.Fatalf("%d of ours, %v in\n%s", len(f.ours), err, with)
			}
			again, err := withThunarAction(with, ours)
			if err != nil || string(again) != string(with) {
				t.Errorf("a second time changes it: %v\n%s", err, again)
			}
			other, err := withThunarAction(with, "/elsewhere/portico")
			if err != nil || strings.Contains(string(other), "/opt/a") || !strings.Contains(string(other), "/elsewhere/portico") {
				t.Errorf("not put in its place: %v\n%s", err, other)
			}
			without, err := withoutThunarAction(with)
			if err != nil || string(without) != text {
				t.Errorf("left behind: %v\n%q\nnot\n%q", err, without, text)
			}
		})
	}
	with, err := withThunarAction([]byte("<actions />"), ours)
	if err != nil {
		t.Fatal(err)
	}
	if f, err := readThunar(with); err != nil || f.actions != 1 || len(f.ours) != 1 {
		t.Errorf("added to nothing: %+v %v\n%s", f, err, with)
	}
	rewritten := strings.ReplaceAll(string(with), "\n\t<patterns>", "\n\t<range></range>\n\t<patterns>") // as Thunar writes it
	if again, err := withThunarAction([]byte(rewritten), ours); err != nil || string(again) != rewritten {
		t.Errorf("ours in Thunar's hand is changed: %v\n%s", err, again)
	}
	twice := "<actions>\n" + thunarAction(ours) + "\n" + othersAction + thunarAction(ours) + "\n</actions>"
	once, err := withThunarAction([]byte(twice), ours)
	if f, _ := readThunar(once); err != nil || len(f.ours) != 1 || f.actions != 2 {
		t.Errorf("of two of ours one is left: %v\n%s", err, once)
	}
}

func TestThunarListThatIsNone(t *testing.T) {
	for _, text := range []string{"", "not xml", "<actions>", "<actions></action>", "<other/>", "<actions/><actions/>", "<actions><action></actions>", "\xff<actions/>"} {
		if _, err := withThunarAction([]byte(text), "x"); !errors.Is(err, errThunar) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func FuzzThunarList(f *testing.F) {
	f.Add([]byte(thunarEmpty))
	f.Add([]byte("<actions>" + othersAction + "</actions>"))
	if shipped, err := os.ReadFile("/etc/xdg/Thunar/uca.xml"); err == nil {
		f.Add(shipped)
	}
	const ours = "portico"
	f.Fuzz(func(t *testing.T, text []byte) {
		before, err := readThunar(text)
		if err != nil || len(before.ours) > 0 || before.empty {
			return
		}
		with, err := withThunarAction(text, ours)
		if err != nil {
			t.Fatal(err)
		}
		without, err := withoutThunarAction(with)
		if err != nil || string(without) != string(text) {
			t.Errorf("%q becomes %q (%v)", text, without, err)
		}
	})
}
