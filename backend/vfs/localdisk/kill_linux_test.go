package localdisk_test

import (
	"context"
	"os"
	"os/exec"
	"testing"

	"portico/backend/vfs/driver"
	"portico/backend/vfs/localdisk"
)

const killEnv = "PORTICO_TEST_KILL" // the folder to stage in

// TestMain lets the test program play the other processes too.
func TestMain(m *testing.M) {
	if places := os.Getenv(foldingEnv); places != "" {
		os.Exit(serveFolding(places))
	}
	if root := os.Getenv(killEnv); root != "" {
		os.Exit(stageAndWait(root))
	}
	os.Exit(m.Run())
}

// stageAndWait is another process: it stages, journals and waits to be killed.
func stageAndWait(root string) int {
	ctx := context.Background()
	d, err := localdisk.Open(ctx, localdisk.Options{Root: root, Instance: "test"})
	if err != nil {
		return 1
	}
	o, err := d.Lookup(ctx, ".", driver.WantDir)
	if err != nil {
		return 1
	}
	f, err := o.Folder()
	if err != nil {
		return 1
	}
	s, err := f.Stage(ctx, driver.StageOptions{ID: "killed", Size: 8 << 20})
	if err != nil {
		return 1
	}
	if _, err = s.WriteAt([]byte("arrived"), 0); err != nil || s.SaveJournal([]byte("journal"), false) != nil {
		return 1
	}
	os.Stdout.WriteString("staged\n")
	os.Stdin.Read(make([]byte, 1))
	return 0
}

// TestStageSurvivesSIGKILL: while the writer lives its stage is its own; when it was killed, the next
// process goes on where it stopped.
func TestStageSurvivesSIGKILL(t *testing.T) {
	root := t.TempDir()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), killEnv+"="+root)
	if _, err := c.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err = c.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 100)
	if n, _ := out.Read(line); string(line[:n]) != "staged\n" {
		c.Process.Kill()
		c.Wait()
		t.Fatalf("the other process said %q", line[:n])
	}
	k := open(t, localdisk.Options{Root: root})
	in := k.folder(".")
	k.lists(in)
	if got := k.stages(); len(got) > 0 {
		t.Errorf("the stage of a living process is listed: %v", got)
	}
	_, err = k.d.OpenStage(t.Context(), "killed")
	k.is(err, driver.ErrBusy)

	k.must(c.Process.Kill())
	c.Wait()
	if got := k.stages(); len(got) != 1 || got[0] != "killed" {
		t.Fatalf("stages %v", got)
	}
	s, err := k.d.OpenStage(t.Context(), "killed")
	k.must(err)
	j, err := s.Journal()
	k.must(err)
	if string(j) != "journal" {
		t.Errorf("journal %q", j)
	}
	_, err = s.WriteAt([]byte(" and went on"), 7)
	k.must(err)
	_, err = s.Publish(t.Context(), in, "f", driver.PublishOptions{NoReplace: true})
	k.must(err)
	if got := k.get("f"); got != "arrived and went on" {
		t.Errorf("content %q", got)
	}
	if blocks := stat(t, k.host("f")).Blocks; blocks > 2048 {
		t.Errorf("%d blocks are kept for 19 bytes", blocks)
	}
}
