package webdav

import (
	"bytes"
	"encoding/xml"
	"net/http"
	"strings"
)

// ask is what a PROPFIND wants to know (RFC 4918, 9.1).
type ask struct {
	names bool       // only which properties there are
	all   bool       // those that RFC 4918 defines, and all that were hung on
	props []xml.Name // these, in this order; with all, besides
}

// depth of a PROPFIND.
type depth uint8

const (
	itself depth = iota
	inside
	everything
)

// depthOf reads the field Depth of a PROPFIND. Office adds ",noroot", an extension of Microsoft's: then only
// what is below is told of.
func depthOf(r *http.Request) (deep depth, root bool, err error) {
	value, rest, more := strings.Cut(r.Header.Get("Depth"), ",")
	root = !more
	switch value = strings.TrimSpace(value); {
	case more && !strings.EqualFold(strings.TrimSpace(rest), "noroot"):
	case value == "0" && root:
		return itself, root, nil
	case value == "1":
		return inside, root, nil
	case value == "" && root, strings.EqualFold(value, "infinity"):
		return everything, root, nil
	}
	return 0, false, badRequest("WEB-DEPTH-01", "Depth is 0, 1 or infinity.")
}

// asked is what a body was found to ask. Neither is changed.
type asked struct {
	body []byte
	ask  ask
}

// readAsk reads the body of a PROPFIND; none asks for all. Clients send the same one again and again, so
// the last is remembered.
func (h *Handler) readAsk(w http.ResponseWriter, r *http.Request) (ask, error) {
	body, err := readBody(w, r, smallBody)
	if err != nil || len(body) == 0 {
		return ask{all: true}, err
	}
	if last := h.asked.Load(); last != nil && bytes.Equal(last.body, body) {
		return last.ask, nil
	}
	a, err := parseAsk(body)
	if err == nil && len(body) <= mostRemembered {
		h.asked.Store(&asked{body, a})
	}
	return a, err
}

// mostRemembered is how long a body may be that is remembered, in bytes.
const mostRemembered = 4 << 10

func parseAsk(body []byte) (ask, error) {
	root, err := parse(body)
	if err != nil {
		return ask{}, err
	}
	var a ask
	prop, include := root.kid("prop"), root.kid("include")
	a.names, a.all = root.kid("propname") != nil, root.kid("allprop") != nil
	kinds := 0
	for _, there := range []bool{a.names, a.all, prop != nil} {
		if there {
			kinds++
		}
	}
	if !root.is("propfind") || kinds != 1 || include != nil && !a.all {
		return ask{}, badRequest("DAV-ASK-01", "A PROPFIND asks for prop, allprop or propname.")
	}
	if a.all {
		prop = include
	}
	if prop != nil {
		for _, k := range prop.kids {
			if k.name.Local != "" {
				a.props = append(a.props, k.name)
			}
		}
	}
	return a, nil
}
