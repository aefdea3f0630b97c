package web

import (
	"bufio"
	"bytes"
	"net/http"
	"strconv"
	"strings"
	"time"

	"portico/backend/protocol/protocoltest/httpclient"
)

// curlClient is the program curl.
type curlClient struct{ httpclient.Curl }

func (c *curlClient) PutTimed(name string, content []byte, at time.Time) error {
	return c.Send(name, content, "-H", "X-OC-Mtime: "+strconv.FormatInt(at.Unix(), 10))
}

func (c *curlClient) Time(name string) (time.Time, error) {
	out, err := c.Command("-I", c.URL(name)).Output()
	if err != nil {
		return time.Time{}, err
	}
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(out)), &http.Request{Method: "HEAD"})
	if err != nil {
		return time.Time{}, err
	}
	return http.ParseTime(resp.Header.Get("Last-Modified"))
}

func (c *curlClient) List(folder string) ([]string, error) {
	_, data, err := c.Run(c.URL(strings.TrimSuffix(folder, "/") + "/"))
	if err != nil {
		return nil, err
	}
	return strings.FieldsFunc(string(data), func(r rune) bool { return r == '\n' }), nil
}
