package tus

import (
	"encoding/base64"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"portico/backend/vfs"
)

// metadataLimit is the longest Upload-Metadata header in bytes: a path of 4 KiB in base64 and room.
const metadataLimit = 8 << 10

// modifiedLimit is the last modified that nanoseconds in an int64 can tell, in milliseconds since
// 1970: in the year 2262. Beyond it a time would wrap around.
const modifiedLimit = math.MaxInt64 / 1_000_000

var (
	errMetadata = errors.New("Upload-Metadata cannot be read")
	errTarget   = errors.New("Upload-Metadata names no path")
)

// target is what the metadata of an upload asks for.
type target struct {
	path     string // URL path of the file, as the browser sees it
	exists   vfs.OnExist
	early    bool      // refuse at creation when the name is taken (skip, refuse)
	modified time.Time // zero: the time of arrival
	sha256   string    // "" unknown
}

// parseMetadata reads "key base64,key base64" (tus 1.0.0, creation). A key may come without value.
func parseMetadata(header string) (map[string]string, error) {
	if len(header) > metadataLimit {
		return nil, errMetadata
	}
	out := map[string]string{}
	if strings.TrimSpace(header) == "" {
		return out, nil
	}
	for _, pair := range strings.Split(header, ",") {
		key, value, _ := strings.Cut(strings.TrimSpace(pair), " ")
		raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(value))
		if _, twice := out[key]; err != nil || key == "" || twice {
			return nil, errMetadata
		}
		out[key] = string(raw)
	}
	return out, nil
}

// parseTarget reads path, exists (keep, replace, skip, refuse; keep when missing), modified
// (milliseconds since 1970, up to 2262) and sha256 out of the metadata.
func parseTarget(header string) (target, error) {
	meta, err := parseMetadata(header)
	if err != nil {
		return target{}, err
	}
	t := target{path: meta["path"], sha256: strings.ToLower(meta["sha256"])}
	if !strings.HasPrefix(t.path, "/") || strings.HasSuffix(t.path, "/") {
		return target{}, errTarget
	}
	switch meta["exists"] {
	case "", "keep":
		t.exists = vfs.KeepBoth
	case "replace":
		t.exists = vfs.Replace
	case "skip", "refuse":
		t.exists, t.early = vfs.Refuse, true
	default:
		return target{}, errMetadata
	}
	if text := meta["modified"]; text != "" {
		ms, err := strconv.ParseInt(text, 10, 64)
		if err != nil || ms < 0 || ms > modifiedLimit {
			return target{}, errMetadata
		}
		t.modified = time.UnixMilli(ms)
	}
	if t.sha256 != "" && !isDigest(t.sha256) {
		return target{}, errMetadata
	}
	return t, nil
}

func isDigest(text string) bool {
	return len(text) == 64 && strings.Trim(text, "0123456789abcdef") == ""
}
