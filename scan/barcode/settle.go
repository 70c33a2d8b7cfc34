package barcode

import "math"

// settle moves the fourth corner to where the modules stand out most.
func (l *look) settle(s *square, gr grid) (grid, error) {
	at := float64(gr.dim) - 3.5
	best, err := l.standout(&gr)
	if err != nil {
		return gr, err
	}
	right, down := gr.h.step(at, at)
	for step := 1.0; step > 0.1; {
		moved := false
		p := gr.h.at(at, at)
		for i := range 8 {
			a := float64(i) * math.Pi / 4
			d := right.times(step * math.Cos(a)).plus(down.times(step * math.Sin(a)))
			h, ok := s.through(gr.dim, at, p.plus(d))
			if !ok {
				continue
			}
			next := grid{dim: gr.dim, h: h}
			c, err := l.standout(&next)
			if err != nil {
				return gr, err
			}
			if c > best {
				best, gr, moved = c, next, true
			}
		}
		if !moved {
			step /= 2
		}
	}
	return gr, nil
}

func (l *look) standout(gr *grid) (float64, error) {
	s, err := l.view.sample(l.m, gr)
	if err != nil {
		return 0, err
	}
	return s.contrast(), nil
}
