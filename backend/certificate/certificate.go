// Package certificate keeps the self-signed certificate with which doors speak TLS: made once,
// kept in the data folder, made anew before it expires and when it does not cover a name any more.
//
// It knows no door and no client, and asks no authority. It reads and writes two files, nothing else.
package certificate

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// validity stays below the 398 days that browsers accept.
	validity = 397 * 24 * time.Hour
	// renewal happens that long before the end.
	renewal = 30 * 24 * time.Hour
)

// Options for Open.
type Options struct {
	Dir   string       // data folder; certificate.pem and certificate.key lie here, mode 0600
	RSA   bool         // with a key of RSA, for devices that know no other: certificate-rsa.pem and .key
	Names []string     // host names to cover; localhost is always covered
	Addrs []netip.Addr // addresses to cover; loopback is always covered
	Now   func() time.Time
	Log   *slog.Logger
}

// Keeper holds the present certificate. It is safe for concurrent use.
type Keeper struct {
	dir string
	rsa bool
	now func() time.Time
	log *slog.Logger

	mu      sync.Mutex
	names   []string
	addrs   []netip.Addr
	current *tls.Certificate
}

// Open loads the certificate of the data folder, or makes one. A damaged or foreign file is an
// error in words, never overwritten.
func Open(o Options) (*Keeper, error) {
	k := &Keeper{dir: o.Dir, rsa: o.RSA, now: o.Now, log: o.Log}
	if k.now == nil {
		k.now = time.Now
	}
	if k.log == nil {
		k.log = slog.New(slog.DiscardHandler)
	}
	loaded, err := load(k.files())
	if err != nil {
		return nil, err
	}
	k.current = loaded
	if err := k.Cover(o.Names, o.Addrs); err != nil {
		return nil, err
	}
	return k, nil
}

// Cover says which names and addresses the certificate must cover from now on. A certificate that
// covers them already stays, so that people who trusted it are not asked again.
func (k *Keeper) Cover(names []string, addrs []netip.Addr) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.names, k.addrs = tidy(names, addrs)
	return k.refresh()
}

// Certificate is tls.Config.GetCertificate: the present certificate, made anew when its end is near.
func (k *Keeper) Certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if err := k.refresh(); err != nil {
		// The old one may still serve; a failing disk must not close the door.
		k.log.Error("the certificate could not be renewed", "error", err)
	}
	return k.current, nil
}

// Fingerprint is the SHA-256 of the present certificate as browsers show it: "AB:CD:…".
func (k *Keeper) Fingerprint() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	sum := sha256.Sum256(k.current.Certificate[0])
	text := strings.ToUpper(hex.EncodeToString(sum[:]))
	var pairs []string
	for i := 0; i < len(text); i += 2 {
		pairs = append(pairs, text[i:i+2])
	}
	return strings.Join(pairs, ":")
}

// refresh makes a new certificate where the present one does not serve. The key stays.
func (k *Keeper) refresh() error {
	if k.current != nil && k.serves() {
		return nil
	}
	made, err := issue(k.current, k.rsa, k.names, k.addrs, k.now())
	if err != nil {
		return fmt.Errorf("make a certificate: %w", err)
	}
	cert, key := k.files()
	if err := save(cert, key, made); err != nil {
		return err
	}
	k.log.Info("made a certificate", "names", k.names, "until", made.Leaf.NotAfter.Format(time.DateOnly))
	k.current = made
	return nil
}

// serves reports whether the present certificate is valid for long enough and covers everything.
func (k *Keeper) serves() bool {
	leaf, now := k.current.Leaf, k.now()
	if now.Before(leaf.NotBefore) || now.Add(renewal).After(leaf.NotAfter) {
		return false
	}
	for _, name := range k.names {
		if !slices.Contains(leaf.DNSNames, name) {
			return false
		}
	}
	for _, addr := range k.addrs {
		if leaf.VerifyHostname(addr.String()) != nil {
			return false
		}
	}
	return true
}

// tidy sorts, folds and completes what a certificate covers.
func tidy(names []string, addrs []netip.Addr) ([]string, []netip.Addr) {
	outNames := []string{"localhost"}
	for _, n := range names {
		if n = strings.ToLower(strings.TrimSuffix(n, ".")); validName(n) {
			outNames = append(outNames, n)
		}
	}
	outAddrs := []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}
	for _, a := range addrs {
		if a.IsValid() && !a.IsUnspecified() {
			outAddrs = append(outAddrs, a.Unmap().WithZone(""))
		}
	}
	slices.Sort(outNames)
	slices.SortFunc(outAddrs, netip.Addr.Compare)
	return slices.Compact(outNames), slices.Compact(outAddrs)
}

// validName keeps out what cannot stand in a certificate: a computer's name may hold anything.
func validName(name string) bool {
	if name == "" || len(name) > 253 {
		return false
	}
	for _, label := range strings.Split(name, ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return true
}
