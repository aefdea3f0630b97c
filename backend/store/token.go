package store

import "time"

// Token is a random secret that acts for an account with narrowed rights. Only its digest is kept.
type Token struct {
	ID       string
	Digest   []byte // SHA-256 of the secret
	Hint     string // its first characters
	Kind     uint8  // access.Kind of whom it acts for
	Account  string
	Seal     []byte
	Name     string
	Mask     uint16 // access.Right
	Root     string
	RootNode int64
	Created  time.Time
	Used     time.Time
	Expires  time.Time // zero: never
}

const tokenColumns = `id, digest, hint, kind, account, seal, name, mask, root, root_node, created, used, expires`

// AddToken stores a token.
func (tx *Tx) AddToken(t *Token) error {
	_, err := tx.exec(`INSERT INTO token (`+tokenColumns+`) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		t.ID, t.Digest, t.Hint, t.Kind, t.Account, t.Seal, t.Name, t.Mask, t.Root, t.RootNode,
		nanos(t.Created), nanos(t.Used), nanos(t.Expires))
	return taken(err)
}

// Token finds a token by the digest of its secret; ok is false when there is none.
func (tx *Tx) Token(digest []byte) (t Token, ok bool, err error) {
	return tx.token(`SELECT `+tokenColumns+` FROM token WHERE digest = ?`, digest)
}

// TokenByID finds a token by its id.
func (tx *Tx) TokenByID(id string) (t Token, ok bool, err error) {
	return tx.token(`SELECT `+tokenColumns+` FROM token WHERE id = ?`, id)
}

// Tokens returns the tokens that act for one identity, newest first.
func (tx *Tx) Tokens(kind uint8, account string) ([]Token, error) {
	return tx.tokens(`SELECT `+tokenColumns+` FROM token WHERE kind = ? AND account = ? ORDER BY created DESC, id`, kind, account)
}

func (tx *Tx) token(query string, arg any) (Token, bool, error) {
	list, err := tx.tokens(query, arg)
	if err != nil || len(list) == 0 {
		return Token{}, false, err
	}
	return list[0], true, nil
}

func (tx *Tx) tokens(query string, args ...any) ([]Token, error) {
	rows, err := tx.query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Token
	for rows.Next() {
		var t Token
		var created, used, expires int64
		if err := rows.Scan(&t.ID, &t.Digest, &t.Hint, &t.Kind, &t.Account, &t.Seal, &t.Name, &t.Mask, &t.Root,
			&t.RootNode, &created, &used, &expires); err != nil {
			return nil, err
		}
		t.Created, t.Used, t.Expires = moment(created), moment(used), moment(expires)
		out = append(out, t)
	}
	return out, rows.Err()
}

// UseToken notes when a token was used.
func (tx *Tx) UseToken(id string, at time.Time) error {
	_, err := tx.exec(`UPDATE token SET used = ? WHERE id = ?`, nanos(at), id)
	return err
}

// DropToken forgets a token of one identity; ok is false when it has none such.
func (tx *Tx) DropToken(kind uint8, account, id string) (ok bool, err error) {
	return tx.changed(`DELETE FROM token WHERE kind = ? AND account = ? AND id = ?`, kind, account, id)
}

// DropTokens forgets all tokens of one identity and returns how many.
func (tx *Tx) DropTokens(kind uint8, account string) (int64, error) {
	res, err := tx.exec(`DELETE FROM token WHERE kind = ? AND account = ?`, kind, account)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}
