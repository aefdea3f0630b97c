package main

import (
	"fmt"
	"image"
	"image/color"
	"regexp"
	"strconv"
)

const (
	grid = 768       // points on a side of what is drawn finely: 16, 32 and 48 divide it
	unit = grid / 16 // points of one unit of the drawing
)

// mask is a shape: the points that are covered.
type mask []bool

func newMask(covered func(x, y float64) bool) mask {
	m := make(mask, grid*grid)
	for i := range m {
		m[i] = covered((float64(i%grid)+0.5)/unit, (float64(i/grid)+0.5)/unit)
	}
	return m
}

func disc(cx, cy, r float64) mask {
	return newMask(func(x, y float64) bool { return (x-cx)*(x-cx)+(y-cy)*(y-cy) <= r*r })
}

// digit covers the cells of a digit, whose corner is at x0, y0.
func digit(cells string, x0, y0, w, h float64) mask {
	return newMask(func(x, y float64) bool {
		col, row := int((x-x0)/w), int((y-y0)/h)
		return x >= x0 && y >= y0 && col < 3 && row < 5 && cells[row*3+col] == '#'
	})
}

func (m mask) minus(other mask) mask {
	out := make(mask, len(m))
	for i := range m {
		out[i] = m[i] && !other[i]
	}
	return out
}

// worn is the shape without an edge of that many units.
func (m mask) worn(units float64) mask {
	r := int(units * unit)
	along := func(in mask, step int, at func(i int) int) mask {
		out := make(mask, len(in))
		for i := range in {
			out[i] = true
			for d := -r; d <= r && out[i]; d++ {
				p := at(i) + d
				out[i] = p >= 0 && p < grid && in[i+d*step]
			}
		}
		return out
	}
	return along(along(m, 1, func(i int) int { return i % grid }), grid, func(i int) int { return i / grid })
}

func (m mask) paint(on *image.NRGBA, c color.NRGBA) {
	for i, covered := range m {
		if covered {
			on.SetNRGBA(i%grid, i/grid, c)
		}
	}
}

type point struct{ x, y float64 }

// outline reads the path of the sign, which is made of straight lines between absolute points.
func outline(path string) (mask, error) {
	var shapes [][]point
	var at point
	verb := byte('M')
	tokens := regexp.MustCompile(`[A-Za-z]|-?[0-9.]+`).FindAllString(path, -1)
	for i := 0; i < len(tokens); {
		if c := tokens[i][0]; c >= 'A' && c <= 'z' {
			verb = c
			i++
			if verb == 'Z' {
				continue
			}
		}
		take := map[byte]int{'M': 2, 'L': 2, 'H': 1, 'V': 1}[verb]
		if take == 0 || i+take > len(tokens) {
			return nil, fmt.Errorf("the sign's path has a %q that cannot be drawn", verb)
		}
		var n [2]float64
		for k := range take {
			v, err := strconv.ParseFloat(tokens[i+k], 64)
			if err != nil {
				return nil, err
			}
			n[k] = v
		}
		i += take
		switch verb {
		case 'H':
			at.x = n[0]
		case 'V':
			at.y = n[0]
		default:
			at = point{n[0], n[1]}
		}
		if verb == 'M' {
			shapes, verb = append(shapes, nil), 'L'
		}
		last := len(shapes) - 1
		shapes[last] = append(shapes[last], at)
	}
	return newMask(func(x, y float64) bool {
		inside := false
		for _, s := range shapes {
			for k := range s {
				a, b := s[k], s[(k+1)%len(s)]
				if (a.y > y) != (b.y > y) && x < a.x+(y-a.y)/(b.y-a.y)*(b.x-a.x) {
					inside = !inside
				}
			}
		}
		return inside
	}), nil
}
