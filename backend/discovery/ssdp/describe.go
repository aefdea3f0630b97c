package ssdp

import (
	"encoding/xml"
	"net/http"

	"portico/backend/discovery/group"
)

// description is a device that only has a page (UPnP Device Architecture 1.0, 2.1).
type description struct {
	XMLName xml.Name `xml:"urn:schemas-upnp-org:device-1-0 root"`
	Major   int      `xml:"specVersion>major"`
	Minor   int      `xml:"specVersion>minor"`
	Type    string   `xml:"device>deviceType"`
	Name    string   `xml:"device>friendlyName"`
	Maker   string   `xml:"device>manufacturer"`
	About   string   `xml:"device>modelDescription"`
	Model   string   `xml:"device>modelName"`
	UDN     string   `xml:"device>UDN"`
	Page    string   `xml:"device>presentationURL"`
}

// Describe serves the device's description.
func (Speech) Describe(self *group.Self, w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != pagePath {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Only GET", http.StatusMethodNotAllowed)
		return
	}
	text, err := xml.Marshal(description{
		Major: 1, Type: device, Name: self.Name, Maker: "Portico", About: "Shares folders", Model: "Portico", UDN: "uuid:" + self.ID, Page: self.Web,
	})
	if err != nil {
		http.Error(w, "Something broke here", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", `text/xml; charset="utf-8"`)
	_, _ = w.Write(append([]byte(xml.Header), text...))
}
