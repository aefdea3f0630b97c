package objectsim_test

import (
	"testing"

	"portico/backend/vfs/driver"
	"portico/backend/vfs/drivertest"
	"portico/backend/vfs/objectsim"
)

type volume struct{ b *objectsim.Bucket }

func (v *volume) Open(t *testing.T) driver.Driver { return objectsim.Open(v.b, "test") }
func (v *volume) Folder() string                  { return "" }
func (v *volume) Eject(t *testing.T)              { v.b.SetReachable(false) }
func (v *volume) Insert(t *testing.T)             { v.b.SetReachable(true) }

func (v *volume) Limited(t *testing.T, bytes int64) drivertest.Harness {
	return &volume{objectsim.NewBucket(bytes)}
}

func TestSuite(t *testing.T) {
	drivertest.Run(t, func(t *testing.T) drivertest.Harness { return &volume{objectsim.NewBucket(0)} })
}
