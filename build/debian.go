package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// policyFile decides whether a freshly installed package may start its services. While we install,
// the answer is no: a build must not leave a web server running.
const policyFile = "/usr/sbin/policy-rc.d"

// need makes sure that the tools for these purposes are here: it installs them on Debian as root,
// and elsewhere says what to install. What is still missing is returned.
func (h *house) need(ctx context.Context, purposes ...purpose) ([]tool, error) {
	lack := missing(purposes...)
	if len(lack) == 0 {
		return nil, nil
	}
	names := packages(lack)
	if _, err := exec.LookPath("apt-get"); err != nil || os.Geteuid() != 0 {
		fmt.Printf("missing: %s\n", strings.Join(names, " "))
		fmt.Printf("  on Debian, as root: apt-get install --no-install-recommends %s\n", strings.Join(names, " "))
		return lack, nil
	}
	fmt.Println("installing:", strings.Join(names, " "))
	if err := h.install(ctx, names); err != nil {
		return nil, err
	}
	return missing(purposes...), nil
}

func (h *house) install(ctx context.Context, names []string) (err error) {
	restore, err := holdServices(policyFile)
	if err != nil {
		return err
	}
	defer func() {
		if e := restore(); err == nil {
			err = e
		}
	}()
	if err := h.apt(ctx, "update"); err != nil {
		return err
	}
	return h.apt(ctx, append([]string{"install", "-y", "--no-install-recommends"}, names...)...)
}

func (h *house) apt(ctx context.Context, args ...string) error {
	cmd := h.command(ctx, ".", "apt-get", append([]string{"-q", "-o", "Dpkg::Use-Pty=0"}, args...)...)
	cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("apt-get %s: %w", args[0], err)
	}
	return nil
}

// holdServices puts a policy in place that forbids starting services, and returns how to put back
// what was there. What an interrupted run left behind is tidied first.
func holdServices(policy string) (restore func() error, err error) {
	const ours = "#!/bin/sh\n# put here by the Portico build while it installs packages\nexit 101\n"
	saved := policy + ".portico-build"
	if left, err := os.ReadFile(policy); err == nil && string(left) == ours {
		if err := os.Remove(policy); err != nil {
			return nil, err
		}
	}
	if _, err := os.Lstat(saved); err != nil {
		if err := os.Rename(policy, saved); err != nil && !os.IsNotExist(err) {
			return nil, err
		}
	}
	restore = func() error {
		err := os.Rename(saved, policy)
		if os.IsNotExist(err) {
			err = os.Remove(policy)
		}
		return err
	}
	if err := os.WriteFile(policy, []byte(ours), 0o755); err != nil {
		return nil, errors.Join(err, restore())
	}
	return restore, nil
}

func installAll(ctx context.Context, h *house, _ []string) error {
	left, err := h.need(ctx, forPages, forGo, forDisks, forClients, forBrowser, forBench, forWindow, forDesktop)
	if err != nil {
		return err
	}
	if len(left) > 0 {
		return fmt.Errorf("still missing: %s", strings.Join(packages(left), " "))
	}
	if err := h.do(ctx, ".", "go", "mod", "download"); err != nil {
		return err
	}
	return h.npm(ctx)
}
