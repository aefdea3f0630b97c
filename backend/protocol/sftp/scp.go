package sftp

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"golang.org/x/crypto/ssh"

	"portico/backend/vfs"
)

// order is what one scp without SFTP asks for: `scp -t [-rpd] NAME` to send, `scp -f [-rp] NAME…` to
// fetch. It is a command line, but none is ever run.
type order struct {
	send   bool
	tree   bool // -r
	times  bool // -p
	folder bool // -d: NAME must be a folder
	names  []string
}

var errOrder = errors.New("not one of the two forms of scp")

// parseOrder reads the two forms and nothing else.
func parseOrder(line string) (o order, err error) {
	words, err := split(line)
	if err != nil || len(words) < 3 || words[0] != "scp" {
		return o, errOrder
	}
	fetch := false
	words = words[1:]
	for len(words) > 0 && strings.HasPrefix(words[0], "-") && len(words[0]) > 1 {
		flags := words[0][1:]
		words = words[1:]
		if flags == "-" {
			break
		}
		for _, f := range flags {
			switch f {
			case 't':
				o.send = true
			case 'f':
				fetch = true
			case 'r':
				o.tree = true
			case 'p':
				o.times = true
			case 'd':
				o.folder = true
			case 'v', 'q': // how much the other program would say
			default:
				return o, errOrder
			}
		}
	}
	if o.send == fetch || len(words) == 0 || o.send && len(words) > 1 {
		return o, errOrder
	}
	o.names = words
	return o, nil
}

// split cuts a line into words as a shell would, quotes taken off. What would mean something else to a
// shell than to be part of a name is refused.
func split(line string) (words []string, err error) {
	var word []byte
	quote, in, escaped := byte(0), false, false
	for i := range len(line) {
		c := line[i]
		switch {
		case c == '\n' || c == 0:
			return nil, errOrder
		case escaped:
			if quote == '"' && strings.IndexByte("$`\"\\", c) < 0 {
				word = append(word, '\\')
			}
			word, escaped = append(word, c), false
		case c == '\\' && quote != '\'':
			escaped, in = true, true
		case quote != 0 && c == quote:
			quote = 0
		case quote == '\'':
			word = append(word, c)
		case c == '$' || c == '`':
			return nil, errOrder
		case quote != 0:
			word = append(word, c)
		case c == '\'' || c == '"':
			quote, in = c, true
		case c == ' ' || c == '\t':
			if in {
				words, word, in = append(words, string(word)), nil, false
			}
		case strings.IndexByte(";|&<>()", c) >= 0:
			return nil, errOrder
		default:
			word, in = append(word, c), true
		}
	}
	if quote != 0 || escaped {
		return nil, errOrder
	}
	if in {
		words = append(words, string(word))
	}
	return words, nil
}

// copying is one scp under way.
type copying struct {
	order
	log   *slog.Logger
	in    *bufio.Reader
	out   io.Writer
	s     *vfs.Session
	start string
	large *pool
	asked func()
	wrong bool // something could not be done, and the client was told
}

// errAway ends an scp: the other side is gone, or does not speak it.
var errAway = errors.New("the other side ended")

// scp carries out an order and returns the exit status.
func (v *visit) scp(ch ssh.Channel, o order) uint32 {
	v.busy(1)
	defer v.busy(-1)
	c := &copying{order: o, log: v.d.o.Log, in: bufio.NewReaderSize(ch, 4<<10), out: ch, s: v.s, start: v.start, large: &v.d.large, asked: v.touch}
	var err error
	if o.send {
		err = c.receive()
	} else {
		err = c.sendAll()
	}
	if err != nil || c.wrong {
		return 1
	}
	return 0
}

// at is a name as it was asked; "~" is where the client starts.
func (c *copying) at(name string) string {
	switch {
	case strings.HasPrefix(name, "/"):
		return name
	case name == "~", strings.HasPrefix(name, "~/"):
		name = name[1:]
	}
	return c.start + "/" + name
}

// tell says that one thing could not be done; the rest goes on.
func (c *copying) tell(name string, err error) error {
	c.wrong = true
	_, text := status(c.log, err)
	text = strings.Map(shown, strings.ReplaceAll(text, "\n", " "))
	_, err = fmt.Fprintf(c.out, "\x01scp: %s: %s\n", strings.Map(shown, name), text)
	return err
}

func (c *copying) ok() error {
	_, err := c.out.Write([]byte{0})
	return err
}

// line reads what stands before the next end of line.
func (c *copying) line() (string, error) {
	b, err := c.in.ReadSlice('\n')
	if err != nil {
		return "", errors.Join(errAway, err)
	}
	return string(b[:len(b)-1]), nil
}

// answer reads what the other side says to what it was told; false: it does not want it.
func (c *copying) answer() (bool, error) {
	b, err := c.in.ReadByte()
	switch {
	case err != nil:
		return false, errors.Join(errAway, err)
	case b == 0:
		return true, nil
	case b != 1:
		return false, errAway
	}
	c.wrong = true
	_, err = c.line()
	return false, err
}
