// Package wire is HTTP's own grammar without a server: entity tags, conditions, ranges,
// dispositions, media types, and an answer that puts them together (RFC 9110, 6266, 8187).
//
// It is pure: it opens nothing, decides nothing about rights and knows neither tree nor session.
// Every door and dialect that speaks HTTP uses it, so that all of them answer alike.
package wire
