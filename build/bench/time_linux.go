package bench

import (
	"time"

	"golang.org/x/sys/unix"
)

// processorTime is what the kernel has booked for a process so far, to the nanosecond, threads that
// have ended included.
func processorTime(pid int) (time.Duration, error) {
	const cpuClock = 2 // CPUCLOCK_SCHED of clock_getcpuclockid(3)
	var t unix.Timespec
	err := unix.ClockGettime(int32(^pid<<3|cpuClock), &t)
	return time.Duration(t.Nano()), err
}
