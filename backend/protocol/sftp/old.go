package sftp

import (
	"slices"

	"golang.org/x/crypto/ssh"

	"portico/backend/event"
	"portico/backend/listen"
)

// oldAlgorithms are what only devices of the settings may speak. RC4 and DSA nobody may.
func oldAlgorithms() ssh.Algorithms {
	return ssh.Algorithms{
		KeyExchanges:   []string{ssh.InsecureKeyExchangeDHGEXSHA1, ssh.InsecureKeyExchangeDH14SHA1, ssh.InsecureKeyExchangeDH1SHA1},
		Ciphers:        []string{ssh.InsecureCipherAES128CBC, ssh.InsecureCipherTripleDESCBC},
		MACs:           []string{ssh.HMACSHA1, ssh.InsecureHMACSHA196},
		HostKeys:       []string{ssh.KeyAlgoRSA},
		PublicKeyAuths: []string{ssh.KeyAlgoRSA},
	}
}

// modern keeps a key of RSA from signing by SHA-1.
func modern(k ssh.Signer) ssh.Signer {
	a, ok := k.(ssh.AlgorithmSigner)
	if !ok || k.PublicKey().Type() != ssh.KeyAlgoRSA {
		return k
	}
	sound, err := ssh.NewSignerWithAlgorithms(a, []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256})
	if err != nil {
		return k
	}
	return sound
}

// configure says how this door speaks SSH: what is new and sound only, the quick before the slow; to old
// devices besides, behind it, what they know.
func configure(keys []ssh.Signer, old bool) *ssh.ServerConfig {
	sound, weak := ssh.SupportedAlgorithms(), oldAlgorithms()
	sound.MACs = slices.DeleteFunc(sound.MACs, func(m string) bool { return slices.Contains(weak.MACs, m) })
	if old {
		sound.KeyExchanges = append(sound.KeyExchanges, weak.KeyExchanges...)
		sound.Ciphers = append(sound.Ciphers, weak.Ciphers...)
		sound.MACs = append(sound.MACs, weak.MACs...)
		sound.PublicKeyAuths = append(sound.PublicKeyAuths, weak.PublicKeyAuths...)
	}
	c := &ssh.ServerConfig{
		Config:                  ssh.Config{KeyExchanges: sound.KeyExchanges, Ciphers: sound.Ciphers, MACs: sound.MACs},
		PublicKeyAuthAlgorithms: sound.PublicKeyAuths,
		MaxAuthTries:            6,
		ServerVersion:           "SSH-2.0-Portico",
	}
	for _, k := range keys {
		if !old {
			k = modern(k)
		}
		c.AddHostKey(k)
	}
	return c
}

// outdated reports whether a connection speaks what only devices of the settings may.
func outdated(a ssh.NegotiatedAlgorithms) bool {
	weak := oldAlgorithms()
	for _, of := range []ssh.DirectionAlgorithms{a.Read, a.Write} {
		if slices.Contains(weak.Ciphers, of.Cipher) || slices.Contains(weak.MACs, of.MAC) {
			return true
		}
	}
	return slices.Contains(weak.KeyExchanges, a.KeyExchange) || slices.Contains(weak.HostKeys, a.HostKey)
}

// parted tells why nothing was agreed on with a client, where a person can do something about it. What the
// client asked for is not told word by word: that is whatever it likes.
func (v *visit) parted(err *ssh.AlgorithmNegotiationError) {
	weak, why := oldAlgorithms(), listen.Reason{Code: event.CodeOld + "-03", Text: "it knows none of the algorithms that are spoken here"}
	for _, known := range slices.Concat(weak.KeyExchanges, weak.HostKeys, weak.Ciphers, weak.MACs) {
		if slices.Contains(err.RequestedAlgorithms, known) {
			why = listen.Reason{Code: event.CodeOld + "-01",
				Text: "it only speaks " + known + ", which is not safe any more. If it is yours, allow it by its address: Settings, SFTP, old_ssh"}
			break
		}
	}
	v.d.server.TurnAway(v.c, why)
}

// onlyOld is what somebody reads who may not come by old encryption.
const onlyOld = "This connection is encrypted in an old way, by which only the device of the settings may sign in from your address. Use a newer program.\r\n"

// tooOld tells of somebody who came by old encryption and may not.
func (v *visit) tooOld() {
	v.d.server.TurnAway(v.c, listen.Reason{Code: event.CodeOld + "-02",
		Text: "it wanted to sign in by old encryption as somebody else than " + v.client.Only + ", for whom alone sftp.old_ssh allows it"})
}
