package machine

import (
	"context"
	"os"
	"slices"

	"golang.org/x/sys/windows/registry"

	"portico/backend/diagnose"
)

const (
	policyKey   = `SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy`
	networksKey = `SOFTWARE\Microsoft\Windows NT\CurrentVersion\NetworkList\Profiles`
	centerKey   = `SOFTWARE\Microsoft\Security Center\Provider`
)

// Walls returns the firewall of the system as its policy store tells of this program.
func (m Machine) Walls(_ context.Context, way diagnose.Way) []diagnose.Wall {
	program, err := os.Executable()
	if err != nil {
		return nil
	}
	public, known := publicNetwork()
	profile := "Private"
	if public {
		profile = "Public"
	}
	w := diagnose.Wall{Name: "Windows Defender Firewall", Active: profileOn(profile)}
	rules, ok := policyRules()
	if !ok {
		w.Unsure, w.Why = true, "its rules cannot be read"
	}
	w.Open = admits(rules, program, profile, way.Port)
	w.Allow = windowsAllow(program)
	if w.Active && !w.Open && known && public && admits(rules, program, "Private", way.Port) {
		w.Public = true
		w.Allow = `powershell -Command "Get-NetConnectionProfile | Set-NetConnectionProfile -NetworkCategory Private"`
	}
	return []diagnose.Wall{w}
}

// profileOn reports whether the firewall is on for a kind of network.
func profileOn(profile string) bool {
	name := map[string]string{"Private": "StandardProfile", "Public": "PublicProfile", "Domain": "DomainProfile"}[profile]
	k, err := registry.OpenKey(registry.LOCAL_MACHINE, policyKey+`\`+name, registry.QUERY_VALUE)
	if err != nil {
		return true
	}
	defer k.Close()
	on, _, err := k.GetIntegerValue("EnableFirewall")
	return err != nil || on != 0
}

// policyRules reads every rule of the policy store.
func policyRules() (out []policyRule, ok bool) {
	k, err := registry.OpenKey(registry.LOCAL_MACHINE, policyKey+`\FirewallRules`, registry.QUERY_VALUE)
	if err != nil {
		return nil, false
	}
	defer k.Close()
	names, err := k.ReadValueNames(0)
	if err != nil {
		return nil, false
	}
	for _, name := range names {
		if text, _, err := k.GetStringValue(name); err == nil {
			out = append(out, readPolicyRule(text, os.ExpandEnv))
		}
	}
	return out, true
}

// publicNetwork reports whether the network that was joined last is treated as a public one.
func publicNetwork() (public, known bool) {
	k, err := registry.OpenKey(registry.LOCAL_MACHINE, networksKey, registry.ENUMERATE_SUB_KEYS)
	if err != nil {
		return false, false
	}
	defer k.Close()
	names, err := k.ReadSubKeyNames(0)
	if err != nil {
		return false, false
	}
	var latest []byte
	for _, name := range names {
		profile, err := registry.OpenKey(k, name, registry.QUERY_VALUE)
		if err != nil {
			continue
		}
		// DateLastConnected is a SYSTEMTIME: eight numbers of two bytes, year first, little end first.
		when, _, err := profile.GetBinaryValue("DateLastConnected")
		category, _, err2 := profile.GetIntegerValue("Category")
		profile.Close()
		if err != nil || err2 != nil || len(when) != 16 {
			continue
		}
		if at := sortable(when); slices.Compare(at, latest) > 0 {
			latest, public, known = at, category == 0, true
		}
	}
	return public, known
}

// Suites names the firewalls and virus scanners that registered themselves with the system.
func (m Machine) Suites(context.Context) (out []string) {
	for _, kind := range []string{"Fw", "Av"} {
		k, err := registry.OpenKey(registry.LOCAL_MACHINE, centerKey+`\`+kind, registry.ENUMERATE_SUB_KEYS)
		if err != nil {
			continue
		}
		names, _ := k.ReadSubKeyNames(0)
		for _, name := range names {
			product, err := registry.OpenKey(k, name, registry.QUERY_VALUE)
			if err != nil {
				continue
			}
			title, _, err := product.GetStringValue("DISPLAYNAME")
			product.Close()
			if err == nil && foreign(title) && !slices.Contains(out, title) {
				out = append(out, title)
			}
		}
		k.Close()
	}
	return out
}
