package bench

import (
	"fmt"
	"slices"
)

// sample is one measurement.
type sample struct {
	value float64
	cpu   float64 // seconds of processor time of the server meanwhile
}

// compared is what alternating pairs of measurements say.
type compared struct {
	our, their  sample  // medians
	ratio       float64 // median of ours/theirs
	cpu         float64 // median of ours/theirs of the processor time
	least, most float64 // of the ratios: how far the machine is to be believed
}

// row is the part of a Row that a comparison fills.
func (c compared) row(load, unit, peer string) Row {
	return Row{Load: load, Value: c.our.value, Unit: unit, Peer: peer, Their: c.their.value, Ratio: c.ratio,
		CPU: c.our.cpu, TheirCPU: c.their.cpu, Note: fmt.Sprintf("(%.2f to %.2f)", c.least, c.most)}
}

// pairs measures ours and theirs in turn, n times after one pair that does not count. Who begins
// changes from pair to pair, so that neither always finds what the other left behind.
func pairs(n int, ours, theirs func() (sample, error)) (compared, error) {
	var our, their []sample
	for i := range n + 1 {
		var x, y sample
		turns := []func() error{
			func() (err error) { x, err = ours(); return err },
			func() (err error) { y, err = theirs(); return err },
		}
		if i%2 == 1 {
			slices.Reverse(turns)
		}
		for _, turn := range turns {
			if err := turn(); err != nil {
				return compared{}, err
			}
		}
		if i > 0 {
			our, their = append(our, x), append(their, y)
		}
	}
	return compare(our, their), nil
}

func compare(our, their []sample) compared {
	var ratios, cpu []float64
	for i := range our {
		ratios = append(ratios, our[i].value/their[i].value)
		cpu = append(cpu, our[i].cpu/their[i].cpu)
	}
	return compared{
		our: middle(our), their: middle(their), ratio: median(ratios), cpu: median(cpu),
		least: slices.Min(ratios), most: slices.Max(ratios),
	}
}

// middle takes the median of values and of processor times apart.
func middle(of []sample) sample {
	var values, cpu []float64
	for _, s := range of {
		values, cpu = append(values, s.value), append(cpu, s.cpu)
	}
	return sample{median(values), median(cpu)}
}

// repeatSamples measures n times after one that does not count and returns the medians.
func repeatSamples(n int, measure func() (sample, error)) (sample, error) {
	var all []sample
	for i := range n + 1 {
		s, err := measure()
		if err != nil {
			return sample{}, err
		}
		if i > 0 {
			all = append(all, s)
		}
	}
	return middle(all), nil
}

// repeat measures n times and returns the median.
func repeat(n int, measure func() (float64, error)) (float64, error) {
	var all []float64
	for range n {
		x, err := measure()
		if err != nil {
			return 0, err
		}
		all = append(all, x)
	}
	return median(all), nil
}

func median(x []float64) float64 {
	x = slices.Sorted(slices.Values(x))
	if len(x)%2 == 1 {
		return x[len(x)/2]
	}
	return (x[len(x)/2-1] + x[len(x)/2]) / 2
}
