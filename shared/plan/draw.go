package plan

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// The sides to which a line on the canvas goes, and the runes for their sums.
const (
	up = 1 << iota
	down
	left
	right
)

var lines = map[int]rune{
	up: '│', down: '│', up | down: '│', left: '─', right: '─', left | right: '─',
	down | right: '┌', down | left: '┐', up | right: '└', up | left: '┘',
	up | down | right: '├', up | down | left: '┤', down | left | right: '┬', up | left | right: '┴', up | down | left | right: '┼',
}

// widestDrawing is how many columns a drawing may have; a wider one is a list.
const widestDrawing = 160

// A spot is a job in the drawing, or the place where a line passes a row.
type spot struct {
	name    string // "" is a line that passes
	x, wide int    // of the left edge
	next    []*spot
}

func (s *spot) middle() int { return s.x + s.wide/2 }

// Draw draws jobs from top to bottom, each below those it depends on.
func Draw(jobs []*Job) string {
	rows := layers(jobs)
	wide := 0
	for _, row := range rows {
		x := 0
		for _, s := range row {
			s.x = x
			x += s.wide + 2
		}
		wide = max(wide, x-2)
	}
	if wide > widestDrawing {
		return list(jobs)
	}
	for _, row := range rows { // in the middle
		last := row[len(row)-1]
		shift := (wide - last.x - last.wide) / 2
		for _, s := range row {
			s.x += shift
		}
	}
	c := &canvas{}
	y := 0
	for _, row := range rows {
		for _, s := range row {
			c.spot(s, y)
		}
		y += 3
		y += c.edges(row, y)
	}
	return c.String()
}

// layers puts each job in the row below the lowest that it depends on. Lines
// that pass a row have a spot in it.
func layers(jobs []*Job) [][]*spot {
	level, spots := map[string]int{}, map[string]*spot{}
	var rows [][]*spot
	grow := func(n int) {
		for len(rows) <= n {
			rows = append(rows, nil)
		}
	}
	for _, j := range jobs { // those it depends on come before it
		s := &spot{name: j.Name, wide: utf8.RuneCountInString(j.Name) + 4}
		row := 0
		for _, d := range j.Dependencies {
			if _, ok := spots[d]; ok {
				row = max(row, level[d]+1)
			}
		}
		grow(row)
		spots[j.Name], level[j.Name] = s, row
		for _, d := range slices.Compact(slices.Sorted(slices.Values(j.Dependencies))) {
			above, ok := spots[d]
			if !ok || above == s {
				continue
			}
			for between := level[d] + 1; between < row; between++ {
				pass := &spot{wide: 1}
				above.next = append(above.next, pass)
				rows[between] = append(rows[between], pass)
				above = pass
			}
			above.next = append(above.next, s)
		}
		rows[row] = append(rows[row], s)
	}
	return rows
}

// list is for what cannot be drawn.
func list(jobs []*Job) string {
	var b strings.Builder
	for _, j := range jobs {
		b.WriteString(j.Name)
		if len(j.Dependencies) > 0 {
			b.WriteString(" ← " + strings.Join(j.Dependencies, ", "))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// A canvas is cells with lines, or text.
type canvas struct {
	sides [][]int
	text  [][]rune
}

func (c *canvas) at(x, y int) (side *int, text *rune) {
	for len(c.sides) <= y {
		c.sides, c.text = append(c.sides, nil), append(c.text, nil)
	}
	for len(c.sides[y]) <= x {
		c.sides[y], c.text[y] = append(c.sides[y], 0), append(c.text[y], 0)
	}
	return &c.sides[y][x], &c.text[y][x]
}

func (c *canvas) line(x, y, sides int) {
	s, _ := c.at(x, y)
	*s |= sides
}

// spot draws a box with a name, or a line that passes, three cells high.
func (c *canvas) spot(s *spot, y int) {
	if s.name == "" {
		for i := range 3 {
			c.line(s.x, y+i, up|down)
		}
		return
	}
	end := s.x + s.wide - 1
	for _, edge := range []struct{ y, corner int }{{y, down}, {y + 2, up}} {
		c.line(s.x, edge.y, edge.corner|right)
		c.line(end, edge.y, edge.corner|left)
		for x := s.x + 1; x < end; x++ {
			c.line(x, edge.y, left|right)
		}
	}
	c.line(s.x, y+1, up|down)
	c.line(end, y+1, up|down)
	for i, r := range []rune(s.name) {
		_, text := c.at(s.x+2+i, y+1)
		*text = r
	}
}

// edges draws the lines from a row to the next, each spot's on a track of its
// own, and says how many cells high they are.
func (c *canvas) edges(row []*spot, y int) int {
	tracks := 0
	for _, s := range row {
		if len(s.next) > 0 {
			tracks++
		}
	}
	track := 0
	for _, s := range row {
		if len(s.next) == 0 {
			continue
		}
		from, to := s.middle(), s.middle()
		c.line(s.middle(), y-1, down)
		for i := range track {
			c.line(s.middle(), y+i, up|down)
		}
		c.line(s.middle(), y+track, up)
		for _, n := range s.next {
			from, to = min(from, n.middle()), max(to, n.middle())
			c.line(n.middle(), y+track, down)
			for i := track + 1; i < tracks; i++ {
				c.line(n.middle(), y+i, up|down)
			}
			c.line(n.middle(), y+tracks, up)
		}
		for x := from; x < to; x++ {
			c.line(x, y+track, right)
			c.line(x+1, y+track, left)
		}
		track++
	}
	return tracks
}

func (c *canvas) String() string {
	var b strings.Builder
	for y := range c.sides {
		line := make([]rune, len(c.sides[y]))
		for x, side := range c.sides[y] {
			line[x] = ' '
			if side != 0 {
				line[x] = lines[side]
			}
			if c.text[y][x] != 0 {
				line[x] = c.text[y][x]
			}
		}
		b.WriteString(strings.TrimRight(string(line), " ") + "\n")
	}
	return b.String()
}
