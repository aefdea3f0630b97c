package sftp

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"

	"portico/backend/account"
	"portico/backend/protocol/entry"
	"portico/backend/protocol/protocoltest"
)

// oldHouse opens a door where somebody's device may speak old algorithms, as the settings say it.
func oldHouse(t *testing.T, h *protocoltest.House, away *protocoltest.Away, key ssh.Signer, from, who string) string {
	t.Helper()
	return serveDoor(t, newDoorWith(t, h, Options{Listen: away.Spec(), Keys: []ssh.Signer{hostKey(t), key},
		Old: entry.Places{netip.MustParsePrefix(from): who}}))
}

func rsaKey(t *testing.T) ssh.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	return signerOf(t, key, err)
}

// oldScp fetches /files/a with the program, as old as asked for.
func oldScp(t *testing.T, address, who string, options ...string) (string, error) {
	t.Helper()
	dir := t.TempDir()
	args, env := sshArgs(t, dir, address, who)
	for _, o := range options {
		args = append(args, "-o", o)
	}
	got := filepath.Join(dir, "got")
	run := exec.CommandContext(t.Context(), "scp", append(args, "portico:/files/a", got)...)
	run.Env = env
	var said bytes.Buffer
	run.Stderr = &said
	if err := run.Run(); err != nil {
		return said.String(), fmt.Errorf("%w: %s", err, said.String())
	}
	content, err := os.ReadFile(got)
	return string(content), err
}

// TestOldSSH: from the address of the settings the device signs in by old algorithms, and nobody else does.
func TestOldSSH(t *testing.T) {
	if _, err := exec.LookPath("scp"); err != nil {
		t.Skip("scp is not installed")
	}
	h := protocoltest.NewHouse(t)
	h.Lay("/files/a", []byte("content"))
	key := rsaKey(t)
	var away, elsewhere protocoltest.Away
	here, there := oldHouse(t, h, &away, key, "127.0.0.1/32", protocoltest.Alice), oldHouse(t, h, &elsewhere, key, "10.0.0.0/8", protocoltest.Alice)
	all := []string{"KexAlgorithms=diffie-hellman-group1-sha1", "HostKeyAlgorithms=ssh-rsa", "Ciphers=3des-cbc", "MACs=hmac-sha1"}
	for _, options := range [][]string{
		{"KexAlgorithms=diffie-hellman-group14-sha1"}, {"KexAlgorithms=diffie-hellman-group1-sha1"}, {"KexAlgorithms=diffie-hellman-group-exchange-sha1"},
		{"HostKeyAlgorithms=ssh-rsa"}, {"Ciphers=aes128-cbc"}, {"Ciphers=3des-cbc"},
		{"MACs=hmac-sha1", "Ciphers=aes128-ctr"}, {"MACs=hmac-sha1-96", "Ciphers=aes128-ctr"}, all,
	} {
		if got, err := oldScp(t, here, protocoltest.Alice, options...); got != "content" || err != nil {
			t.Errorf("%v: %q, %v", options, got, err)
		}
		if got, err := oldScp(t, there, protocoltest.Alice, options...); err == nil {
			t.Errorf("%v: from elsewhere came %q", options, got)
		}
	}
	away.Quiet(t)
	elsewhere.Want(t, "DOOR-OLD-01", "it only speaks diffie-hellman-group14-sha1,")
	elsewhere.Want(t, "DOOR-OLD-01", "it only speaks 3des-cbc,")
	if got, err := oldScp(t, here, protocoltest.Bob, all...); err == nil {
		t.Errorf("somebody else: %q, %v", got, err)
	}
	away.Want(t, "DOOR-OLD-02", "than alice,")
	for _, address := range []string{here, there} {
		if got, err := oldScp(t, address, protocoltest.Bob); got != "content" || err != nil {
			t.Errorf("somebody else by today's algorithms: %q, %v", got, err)
		}
	}
	if got, err := oldScp(t, there, protocoltest.Alice, "Ciphers=aes256-cbc"); err == nil {
		t.Errorf("what nobody speaks here: %q", got)
	}
	elsewhere.Want(t, "DOOR-OLD-03", "none of the algorithms")
}

// TestOldSignature: a key of RSA that signs by SHA-1 is old as well, whatever the connection speaks.
func TestOldSignature(t *testing.T) {
	h := protocoltest.NewHouse(t)
	key := rsaKey(t)
	var away protocoltest.Away
	address, elsewhere := oldHouse(t, h, &away, key, "127.0.0.1/32", "kim"), oldHouse(t, h, &away, key, "10.0.0.0/8", "kim")
	own := rsaKey(t)
	for _, who := range []string{"kim", "eve"} { // the same key: a device's, that its owner uses, too
		a, err := h.Accounts.Create(t.Context(), account.NewAccount{Name: who, Password: who + "-password"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.Accounts.AddKey(t.Context(), a.ID, string(ssh.MarshalAuthorizedKey(own.PublicKey()))); err != nil {
			t.Fatal(err)
		}
	}
	bySHA1, err := ssh.NewSignerWithAlgorithms(own.(ssh.AlgorithmSigner), []string{ssh.KeyAlgoRSA})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what, address, who string
		way                ssh.Signer
		in                 bool
	}{
		{"by SHA-256", address, "kim", own, true}, {"by SHA-1", address, "kim", bySHA1, true}, {"eve by SHA-256", address, "eve", own, true},
		{"by SHA-256 from elsewhere", elsewhere, "kim", own, true}, {"by SHA-1 from elsewhere", elsewhere, "kim", bySHA1, false},
	} {
		if _, _, err := signIn(t, c.address, c.who, ssh.PublicKeys(c.way)); c.in != (err == nil) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	away.Quiet(t)
	if _, said, err := signIn(t, address, "eve", ssh.PublicKeys(bySHA1)); err == nil || !strings.Contains(said, "in an old way") {
		t.Errorf("eve by SHA-1: %q, %v", said, err)
	}
	away.Want(t, "DOOR-OLD-02", "than kim,")
}
