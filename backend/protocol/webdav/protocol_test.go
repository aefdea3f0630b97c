package webdav_test

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portico/backend/protocol/protocoltest"
	"portico/backend/protocol/protocoltest/httpclient"
	"portico/backend/protocol/web"
)

// TestProtocol puts the door through the suite of all doors, at /dav/.
func TestProtocol(t *testing.T) {
	need(t, "curl")
	protocoltest.Run(t, curlDoor("/dav"))
}

// TestProtocolCross writes and reads through WebDAV and through the web door beside it.
func TestProtocolCross(t *testing.T) {
	need(t, "curl")
	need(t, "rclone")
	protocoltest.Cross(t, curlDoor("/dav"), curlDoor(""), rcloneDoor())
}

func curlDoor(base string) protocoltest.Door {
	d := protocoltest.Door{Name: "webdav by curl", Label: "webdav"}
	if base == "" {
		d = protocoltest.Door{Name: "http by curl", Label: "http"}
	}
	d.Start = func(t *testing.T, h *protocoltest.House) protocoltest.Server {
		doors := serve(t, h, web.FrontOptions{Tree: h.Tree, Accounts: h.Accounts, Shares: h.Shares})
		return &server{url: doors.url, base: base}
	}
	return d
}

type server struct{ url, base string }

// Client speaks as somebody. Guests have no home and look at the tree itself.
func (s *server) Client(t *testing.T, who string) protocoltest.Client {
	if who == "" {
		return &curl{httpclient.Curl{T: t, Base: s.url, Who: who}}
	}
	return &curl{httpclient.Curl{T: t, Base: s.url + s.base, Who: who}}
}

// curl is the program; it knows nothing of WebDAV, so what it sends is exactly what is meant.
type curl struct{ httpclient.Curl }

// multistatus is what a PROPFIND comes back with.
type multistatus struct {
	Responses []struct {
		Href     string `xml:"DAV: href"`
		Propstat []struct {
			Status string `xml:"DAV: status"`
			Prop   struct {
				Modified   string    `xml:"DAV: getlastmodified"`
				Collection *struct{} `xml:"DAV: resourcetype>collection"`
			} `xml:"DAV: prop"`
		} `xml:"DAV: propstat"`
	} `xml:"DAV: response"`
}

func (c *curl) find(name, depth string) (m multistatus, err error) {
	_, data, err := c.Run("-X", "PROPFIND", "-H", "Depth: "+depth, c.URL(name))
	if err == nil {
		err = xml.Unmarshal(data, &m)
	}
	return m, err
}

func (c *curl) List(folder string) ([]string, error) {
	m, err := c.find(folder, "1")
	if err != nil {
		return nil, err
	}
	var out []string
	for _, r := range m.Responses[1:] {
		at, err := url.PathUnescape(r.Href)
		if err != nil {
			return nil, err
		}
		entry := path.Base(at)
		if r.Propstat[0].Prop.Collection != nil {
			entry += "/"
		}
		out = append(out, entry)
	}
	return out, nil
}

func (c *curl) Time(name string) (time.Time, error) {
	m, err := c.find(name, "0")
	if err != nil {
		return time.Time{}, err
	}
	return http.ParseTime(m.Responses[0].Propstat[0].Prop.Modified)
}

// PutTimed dates as Windows does.
func (c *curl) PutTimed(name string, content []byte, at time.Time) error {
	if err := c.Put(name, content); err != nil {
		return err
	}
	return c.Method(name, "PROPPATCH", "-d", `<propertyupdate xmlns="DAV:"><set><prop><Win32LastModifiedTime xmlns="urn:schemas-microsoft-com:">`+
		at.UTC().Format(http.TimeFormat)+`</Win32LastModifiedTime></prop></set></propertyupdate>`)
}

func (c *curl) Patch(name string, off int64, piece []byte) error {
	return c.Send(name, piece, "-H", fmt.Sprintf("Content-Range: bytes %d-%d/*", off, off+int64(len(piece))-1))
}

// PutResumed sends two pieces.
func (c *curl) PutResumed(name string, content []byte, first int) error {
	file := filepath.Join(c.T.TempDir(), "up")
	if err := os.WriteFile(file, content[:first], 0o644); err != nil {
		return err
	}
	resp, _, err := c.Run("-H", fmt.Sprintf("Content-Range: bytes 0-%d/%d", first-1, len(content)), "-T", file, c.URL(name))
	if err != nil {
		return err
	}
	return c.Send(name, content[first:], "-H", "X-Portico-Upload: "+resp.Header.Get("X-Portico-Upload"),
		"-H", fmt.Sprintf("Content-Range: bytes %d-%d/%d", first, len(content)-1, len(content)))
}

// Probe sends a path as it is.
func (c *curl) Probe(at string) string {
	if strings.ContainsAny(at, " \r\n\x00") {
		return ""
	}
	// A refusal is as good as any answer.
	_, data, _ := c.Run("--request-target", "/dav"+at, c.Base+"/")
	_, more, _ := c.Run("-X", "PROPFIND", "--request-target", "/dav"+at, c.Base+"/")
	return string(data) + string(more)
}
