package ftp

import (
	"slices"
	"strings"
)

// verb is one command.
type verb struct {
	run    func(c *client, arg string)
	signed bool   // only for who has signed in
	arg    bool   // it needs an argument
	help   string // what it takes
	// between: it may stand between REST or ALLO and the transfer that they are for. Behind any other
	// they hold no longer, so that no later file begins in its middle.
	between bool
}

// verbs is the one table of commands.
func verbs() map[string]verb {
	table := map[string]verb{
		"USER": {run: (*client).name, arg: true, help: "NAME"},
		"PASS": {run: (*client).secret, help: "PASSWORD"},
		"ACCT": {run: says(202, "There are no accounts within accounts here."), help: "ACCOUNT"},
		"REIN": {run: (*client).again},
		"QUIT": {run: (*client).quit},

		"AUTH": {run: (*client).auth, arg: true, help: "TLS"},
		"PBSZ": {run: (*client).buffer, arg: true, help: "0"},
		"PROT": {run: (*client).protect, arg: true, help: "P|C"},
		"CCC":  {run: says(533, "What began encrypted stays so.")},

		"SYST": {run: says(215, "UNIX Type: L8")},
		"FEAT": {run: (*client).features},
		"OPTS": {run: (*client).options, arg: true, help: "UTF8 ON|OFF | MLST FACTS | HASH SHA-256"},
		"CLNT": {run: (*client).introduce, help: "PROGRAM"},
		"LANG": {run: (*client).language, help: "[EN]"},
		"NOOP": {run: says(200, "Still here.")},
		"HELP": {run: (*client).help},
		"SITE": {run: (*client).site, signed: true, arg: true, help: "CHMOD MODE NAME | UTIME TIME NAME | HELP"},

		"TYPE": {run: (*client).kind, arg: true, help: "I|A"},
		"MODE": {run: (*client).mode, arg: true, help: "S"},
		"STRU": {run: (*client).structure, arg: true, help: "F"},

		"PWD":  {run: (*client).where, signed: true},
		"CWD":  {run: (*client).enter, signed: true, help: "FOLDER"},
		"CDUP": {run: func(c *client, _ string) { c.enter("..") }, signed: true},

		"PASV": {run: (*client).pasv, signed: true},
		"EPSV": {run: (*client).epsv, signed: true, help: "[1|2|ALL]"},
		"PORT": {run: (*client).port, signed: true, arg: true, help: "h1,h2,h3,h4,p1,p2"},
		"EPRT": {run: (*client).eprt, signed: true, arg: true, help: "|1|ADDRESS|PORT|"},

		"LIST": {run: (*client).list, signed: true, help: "[FOLDER]"},
		"NLST": {run: (*client).names, signed: true, help: "[FOLDER]"},
		"MLSD": {run: (*client).mlsd, signed: true, help: "[FOLDER]"},
		"MLST": {run: (*client).mlst, signed: true, help: "[NAME]"},
		"STAT": {run: (*client).status, help: "[NAME]"},
		"SIZE": {run: (*client).length, signed: true, arg: true, help: "NAME"},
		"MDTM": {run: (*client).modified, signed: true, arg: true, help: "NAME"},
		"MFMT": {run: (*client).setModified, signed: true, arg: true, help: "YYYYMMDDHHMMSS NAME"},
		"HASH": {run: (*client).hash, signed: true, arg: true, help: "NAME"},

		"RETR": {run: (*client).retr, signed: true, arg: true, help: "NAME"},
		"STOR": {run: (*client).stor, signed: true, arg: true, help: "NAME"},
		"STOU": {run: (*client).stou, signed: true, help: "[NAME]"},
		"APPE": {run: (*client).appe, signed: true, arg: true, help: "NAME"},
		"REST": {run: (*client).restart, signed: true, arg: true, help: "OFFSET"},
		"ALLO": {run: (*client).allocate, signed: true, help: "SIZE"},
		"ABOR": {run: says(226, "Nothing is being transferred any more.")},

		"RNFR": {run: (*client).renameFrom, signed: true, arg: true, help: "NAME"},
		"RNTO": {run: (*client).renameTo, signed: true, arg: true, help: "NAME"},
		"DELE": {run: (*client).remove, signed: true, arg: true, help: "NAME"},
		"RMD":  {run: (*client).removeEmpty, signed: true, arg: true, help: "FOLDER"},
		"RMDA": {run: (*client).removeAll, signed: true, arg: true, help: "FOLDER"},
		"MKD":  {run: (*client).make, signed: true, arg: true, help: "FOLDER"},
	}
	for _, name := range []string{"REST", "ALLO", "PASV", "EPSV", "PORT", "EPRT", "TYPE", "MODE", "STRU", "PBSZ", "PROT", "SIZE", "MDTM", "NOOP", "OPTS"} {
		v := table[name]
		v.between = true
		table[name] = v
	}
	for old, now := range map[string]string{"XPWD": "PWD", "XCWD": "CWD", "XCUP": "CDUP", "XMKD": "MKD", "XRMD": "RMD"} {
		table[old] = table[now]
	}
	return table
}

// says is a verb that has one answer.
func says(code int, text string) func(*client, string) {
	return func(c *client, _ string) { c.reply(code, text) }
}

// features lists what is not in RFC 959 (RFC 2389).
func (c *client) features(string) {
	list := []string{
		"CLNT", "EPRT", "EPSV", "HASH SHA-256*", "LANG EN*", "MDTM", "MFMT", "MLST " + c.facts.list(), "REST STREAM",
		"RMDA <path>", "SIZE", "TVFS", "UTF8",
	}
	if c.d.o.Certificate != nil {
		list = append(list, "PBSZ", "PROT")
		if !c.secure() {
			list = append(list, "AUTH TLS")
		}
		slices.Sort(list)
	}
	c.reply(211, "Besides the usual:\n"+strings.Join(list, "\n")+"\nEnd")
}

// help lists the commands, or says what one of them takes.
func (c *client) help(arg string) {
	name := strings.ToUpper(strings.TrimSpace(arg))
	if v, ok := c.d.verbs[name]; ok {
		c.reply(214, strings.TrimSpace(name+" "+v.help))
		return
	}
	if name != "" {
		c.reply(502, "There is no such command here.")
		return
	}
	var all []string
	for name := range c.d.verbs {
		all = append(all, name)
	}
	slices.Sort(all)
	var text strings.Builder
	text.WriteString("Commands:")
	for line := range slices.Chunk(all, 12) {
		text.WriteString("\n" + strings.Join(line, " "))
	}
	c.reply(214, text.String()+"\nHELP COMMAND says what one takes.")
}

// options are for FEAT's (RFC 2389).
func (c *client) options(arg string) {
	name, rest := split(arg)
	rest = strings.ToUpper(strings.TrimSpace(rest))
	switch {
	case (name == "UTF8" || name == "UTF-8") && (rest == "ON" || rest == "" || rest == "NLST"):
		c.latin = false
		c.reply(200, "Names are UTF-8.")
	case (name == "UTF8" || name == "UTF-8") && rest == "OFF":
		c.latin = true
		c.reply(200, "Names are Latin-1.")
	case name == "MLST":
		c.facts = factsOf(rest)
		c.reply(200, strings.TrimSpace("MLST OPTS "+c.facts.chosen()))
	case name == "HASH" && (rest == "" || rest == "SHA-256"):
		c.reply(200, "SHA-256")
	default:
		c.reply(501, "There is no such option.")
	}
}

// mostProgram is how much of its name a client may tell.
const mostProgram = 200

// introduce is CLNT. Some clients send it before they sign in, most behind.
func (c *client) introduce(arg string) {
	was := c.program
	c.program = c.decode(arg[:min(len(arg), mostProgram)])
	if c.session != nil && c.program != was {
		c.session = c.d.o.Entry.Introduced(c.ctx, c.session, c.program)
	}
	c.reply(200, "Noted.")
}

func (c *client) language(arg string) {
	if tag := strings.ToUpper(strings.TrimSpace(arg)); tag != "" && !strings.HasPrefix(tag, "EN") {
		c.reply(504, "These texts are in English only.")
		return
	}
	c.reply(200, "English.")
}

// kind is TYPE. Content is never changed, so text and bytes are the same.
func (c *client) kind(arg string) {
	switch kind := strings.Fields(strings.ToUpper(arg)); kind[0] {
	case "I", "A":
		c.reply(200, "Content goes as it is.")
	case "L":
		if len(kind) == 2 && kind[1] == "8" {
			c.reply(200, "Content goes as it is.")
			return
		}
		c.reply(504, "Bytes have 8 bits here.")
	default:
		c.reply(504, "TYPE I and TYPE A are known here.")
	}
}

func (c *client) mode(arg string)      { c.insist(arg, "S") }
func (c *client) structure(arg string) { c.insist(arg, "F") }

func (c *client) insist(arg, only string) {
	if strings.EqualFold(strings.TrimSpace(arg), only) {
		c.reply(200, "So it is.")
		return
	}
	c.reply(504, "Only "+only+" is known here.")
}
