package share

import (
	"fmt"
	"time"

	"portico/backend/access"
)

// Preset is what people may do with a link, in one word.
type Preset string

const (
	View   Preset = "view"   // look and download
	Add    Preset = "add"    // and add
	Inbox  Preset = "inbox"  // only add, and see nothing
	Full   Preset = "full"   // and rename, replace, remove
	Custom Preset = "custom" // what Mask says
)

// Rights returns what a preset gives; ok is false for Custom and words that are no preset.
func (p Preset) Rights() (r access.Right, ok bool) {
	switch p {
	case View:
		return access.Read | access.Get, true
	case Add:
		return access.Read | access.Get | access.Write, true
	case Inbox:
		return access.Write, true
	case Full:
		return access.Full, true
	}
	return 0, false
}

// Until reads for how long a share stands: "" until it is stopped, "tonight", a number of days as
// "7d", or a duration as "1h". Tonight ends at four in the morning, local to now, and lasts an hour
// at least.
func Until(text string, now time.Time) (time.Time, error) {
	switch text {
	case "":
		return time.Time{}, nil
	case "tonight":
		end := time.Date(now.Year(), now.Month(), now.Day(), 4, 0, 0, 0, now.Location())
		for end.Before(now.Add(time.Hour)) {
			end = time.Date(end.Year(), end.Month(), end.Day()+1, 4, 0, 0, 0, now.Location())
		}
		return end, nil
	}
	var days int
	if n, err := fmt.Sscanf(text, "%dd", &days); n == 1 && err == nil && fmt.Sprintf("%dd", days) == text && days > 0 && days <= 36500 {
		return now.AddDate(0, 0, days), nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return time.Time{}, fmt.Errorf("%q is no time to stand: tonight, 7d or 1h30m would be", text)
	}
	return now.Add(d), nil
}
