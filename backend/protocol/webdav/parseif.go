package webdav

import "strings"

// conditions is one list of an If field (RFC 4918, 10.4): all of them hold, or the list does not.
type conditions struct {
	about string // address that the list speaks of; "": the request's own
	all   []condition
}

// condition is true of a resource that is locked with the token, or that has the entity tag.
type condition struct {
	not        bool
	token, tag string // one of them
}

// mostConditions bounds a field: each may have to be looked up.
const mostConditions = 100

// parseIf reads an If field; ok is false where it is none.
func parseIf(value string) (lists []conditions, ok bool) {
	rest, about, tagged, count := value, "", false, 0
	for {
		rest = strings.TrimLeft(rest, " \t\r\n")
		switch {
		case rest == "":
			return lists, len(lists) > 0 && (!tagged || lists[len(lists)-1].about == about)
		case rest[0] == '<':
			if tagged && (len(lists) == 0 || lists[len(lists)-1].about != about) || !tagged && len(lists) > 0 {
				return nil, false // a resource without a list, or lists of both kinds
			}
			if about, rest, ok = cutAngle(rest); !ok || about == "" {
				return nil, false
			}
			tagged = true
		case rest[0] == '(':
			list := conditions{about: about}
			list.all, rest, ok = parseList(rest[1:])
			if count += len(list.all); !ok || count > mostConditions {
				return nil, false
			}
			lists = append(lists, list)
		default:
			return nil, false
		}
	}
}

// parseList reads up to and with the closing parenthesis.
func parseList(rest string) (all []condition, after string, ok bool) {
	for {
		rest = strings.TrimLeft(rest, " \t\r\n")
		var c condition
		if len(rest) >= 3 && strings.EqualFold(rest[:3], "Not") {
			c.not, rest = true, strings.TrimLeft(rest[3:], " \t\r\n")
		}
		switch {
		case rest == "":
			return nil, "", false
		case rest[0] == ')':
			return all, rest[1:], len(all) > 0 && !c.not
		case rest[0] == '<':
			c.token, rest, ok = cutAngle(rest)
			ok = ok && c.token != ""
		case rest[0] == '[':
			c.tag, rest, ok = cutTag(rest)
		default:
			ok = false
		}
		if !ok {
			return nil, "", false
		}
		all = append(all, c)
	}
}

// cutAngle takes "<…>" from the front.
func cutAngle(s string) (inside, rest string, ok bool) {
	end := strings.IndexByte(s, '>')
	if end < 0 {
		return "", "", false
	}
	return s[1:end], s[end+1:], true
}

// cutTag takes an entity tag in brackets from the front: the tag itself may hold brackets.
func cutTag(s string) (tag, rest string, ok bool) {
	from := strings.IndexByte(s, '"')
	if from != 1 && !(from == 3 && s[1:3] == "W/") {
		return "", "", false
	}
	length := strings.IndexByte(s[from+1:], '"')
	if length < 0 {
		return "", "", false
	}
	end := from + 1 + length + 1
	if end >= len(s) || s[end] != ']' {
		return "", "", false
	}
	return s[1:end], s[end+1:], true
}
