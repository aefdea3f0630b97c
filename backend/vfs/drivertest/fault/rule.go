package fault

import (
	"errors"
	"sync"
	"time"
)

// ErrKilled is what every call returns after a kill.
var ErrKilled = errors.New("the process was killed (in a test)")

// Op names a kind of call.
type Op string

const (
	Check       Op = "check"
	Lookup      Op = "look up" // of Driver and Folder
	Usage       Op = "usage"
	OpenStage   Op = "open stage"
	Stages      Op = "stages"
	SyncAll     Op = "sync all"
	Open        Op = "open"        // Object.Open
	OpenFolder  Op = "open folder" // Object.Folder
	Read        Op = "read"        // File.Read and ReadAt, of files opened while a rule for Read stands
	Entries     Op = "entries"     // Entries and Names
	Mkdir       Op = "mkdir"
	Remove      Op = "remove"
	Rename      Op = "rename"
	SetTimes    Op = "set times" // of Folder and Stage
	NewStage    Op = "stage"
	OpenAppend  Op = "open append"
	Attic       Op = "attic"
	SyncFolder  Op = "sync folder"
	Write       Op = "write" // Stage.WriteAt and Appender.Write: half of it is written before the error
	ReadStage   Op = "read stage"
	Truncate    Op = "truncate"
	SyncStage   Op = "sync stage" // of Stage and Appender
	SaveJournal Op = "save journal"
	Journal     Op = "journal"
	Publish     Op = "publish"
	Discard     Op = "discard"
	Rollback    Op = "rollback"
)

// Rule says what happens to some calls. The first rule that fits a call and is not used up acts.
type Rule struct {
	Op    Op     // "" any
	Name  string // only calls on that base name, path or stage id; "" any
	Skip  int    // let so many fitting calls pass first
	Count int    // then act on so many; 0: one, negative: all

	Delay time.Duration // before the work
	Err   error         // instead of the work; nil: only the delay
	Late  bool          // do the work, then fail
	Kill  bool          // the process dies: before the work, with Late after it
}

type rules struct {
	mu    sync.Mutex
	all   []*Rule
	calls map[Op]int
}

// take counts a call and returns the rule that acts on it; nil: none.
func (r *rules) take(op Op, name string) *Rule {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.calls == nil {
		r.calls = map[Op]int{}
	}
	r.calls[op]++
	for i, rule := range r.all {
		if rule.Op != "" && rule.Op != op || rule.Name != "" && rule.Name != name {
			continue
		}
		if rule.Skip > 0 {
			rule.Skip--
			continue
		}
		if rule.Count > 0 {
			if rule.Count--; rule.Count == 0 {
				r.all = append(r.all[:i:i], r.all[i+1:]...)
			}
		}
		return rule
	}
	return nil
}

func (r *rules) stands(op Op) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, rule := range r.all {
		if rule.Op == op {
			return true
		}
	}
	return false
}

// Add puts up a rule.
func (d *Driver) Add(r Rule) {
	if r.Count == 0 {
		r.Count = 1
	}
	d.rules.mu.Lock()
	defer d.rules.mu.Unlock()
	d.rules.all = append(d.rules.all, &r)
}

// Clear takes all rules down.
func (d *Driver) Clear() {
	d.rules.mu.Lock()
	defer d.rules.mu.Unlock()
	d.rules.all = nil
}

// Calls is how often a kind of call came so far: for a test that wants to fail each of them in turn.
func (d *Driver) Calls(op Op) int {
	d.rules.mu.Lock()
	defer d.rules.mu.Unlock()
	return d.rules.calls[op]
}
