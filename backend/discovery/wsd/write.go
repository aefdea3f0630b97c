package wsd

import (
	"encoding/xml"
	"strconv"
	"strings"

	"portico/backend/discovery/group"
)

// message is an envelope around a body. answers is the question that it answers.
func (s *Speech) message(to, action, answers, body string) []byte {
	relates := ""
	if answers != "" {
		relates = "<a:RelatesTo>" + text(answers) + "</a:RelatesTo>"
	}
	return []byte(xml.Header + `<s:Envelope xmlns:s="` + nsSOAP + `" xmlns:a="` + nsAddress + `" xmlns:d="` + nsDiscovery + `" xmlns:p="` + nsProfile +
		`" xmlns:m="` + nsMetadata + `" xmlns:pub="` + nsWindows + `" xmlns:pnpx="` + nsPlug + `"><s:Header><a:To>` + to + `</a:To><a:Action>` + action +
		`</a:Action><a:MessageID>urn:uuid:` + newID() + `</a:MessageID>` + relates + `<d:AppSequence InstanceId="` + strconv.FormatInt(s.began, 10) +
		`" SequenceId="urn:uuid:` + s.sequence + `" MessageNumber="` + strconv.FormatUint(s.number.Add(1), 10) + `"/></s:Header><s:Body>` + body +
		`</s:Body></s:Envelope>`)
}

// address is the name of this computer that no other has.
func address(self *group.Self) string { return "urn:uuid:" + self.ID }

func reference(self *group.Self) string {
	return "<a:EndpointReference><a:Address>" + address(self) + "</a:Address></a:EndpointReference>"
}

// about says what this computer is and where more is told.
func about(self *group.Self) string {
	return reference(self) + "<d:Types>" + types(self) + "</d:Types><d:XAddrs>" + self.Page + "/" + self.ID + "</d:XAddrs><d:MetadataVersion>" +
		strconv.FormatInt(self.Since.Unix(), 10) + "</d:MetadataVersion>"
}

func types(self *group.Self) string {
	if self.Computer {
		return "p:Device pub:Computer"
	}
	return "p:Device"
}

// metadata is what a Get is answered with.
func metadata(self *group.Self) string {
	category, page, host := "Storage", "", ""
	if self.Web != "" {
		page = "<p:PresentationUrl>" + text(self.Web) + "</p:PresentationUrl>"
	}
	if self.Computer {
		category = "Computers"
		host = section("Relationship", `<p:Relationship Type="`+nsProfile+`/host"><p:Host>`+reference(self)+"<p:Types>pub:Computer</p:Types><p:ServiceId>"+
			address(self)+"</p:ServiceId><pub:Computer>"+text(strings.ToUpper(self.Host))+"/Workgroup:WORKGROUP</pub:Computer></p:Host></p:Relationship>")
	}
	return "<m:Metadata>" +
		section("ThisDevice", "<p:ThisDevice><p:FriendlyName>"+text(self.Name)+"</p:FriendlyName><p:FirmwareVersion>1</p:FirmwareVersion><p:SerialNumber>1</p:SerialNumber></p:ThisDevice>") +
		section("ThisModel", "<p:ThisModel><p:Manufacturer>Portico</p:Manufacturer><p:ModelName>Portico</p:ModelName>"+page+
			"<pnpx:DeviceCategory>"+category+"</pnpx:DeviceCategory></p:ThisModel>") +
		host + "</m:Metadata>"
}

func section(dialect, body string) string {
	return `<m:MetadataSection Dialect="` + nsProfile + "/" + dialect + `">` + body + "</m:MetadataSection>"
}

// text is a string as the text of an element.
func text(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder never fails
	return b.String()
}
