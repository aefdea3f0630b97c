package bench

import (
	"errors"
	"slices"
	"testing"
)

// One pair does not count, who begins changes, and a spoilt pair does not decide.
func TestPairs(t *testing.T) {
	t.Parallel()
	var order string
	our := []sample{{100, 1}, {2, 1}, {2, 1}, {9, 9}, {2, 1}, {2, 1}}
	their := []sample{{1, 100}, {4, 2}, {4, 2}, {4, 2}, {4, 2}, {4, 2}}
	next := func(name string, from []sample) func() (sample, error) {
		return func() (sample, error) {
			order += name
			s := from[0]
			from = from[1:]
			return s, nil
		}
	}
	got, err := pairs(5, next("a", slices.Clone(our)), next("b", slices.Clone(their)))
	if err != nil {
		t.Fatal(err)
	}
	want := compared{our: sample{2, 1}, their: sample{4, 2}, ratio: 0.5, cpu: 0.5, least: 0.5, most: 2.25}
	if got != want || order != "abbaabbaabba" {
		t.Errorf("pairs: %+v in the order %s, want %+v", got, order, want)
	}
	broken := errors.New("no answer")
	if _, err := pairs(1, next("a", our), func() (sample, error) { return sample{}, broken }); !errors.Is(err, broken) {
		t.Errorf("pairs with a broken peer: %v", err)
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		of   []float64
		want float64
	}{{[]float64{3, 1, 2}, 2}, {[]float64{4, 1, 3, 2}, 2.5}, {[]float64{7}, 7}} {
		if got := median(c.of); got != c.want {
			t.Errorf("median of %v is %v, want %v", c.of, got, c.want)
		}
	}
}
