package main

import (
	"fmt"
	"image/color"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The size of a plot.
const (
	width  = 22 * vg.Centimeter
	height = 12 * vg.Centimeter
)

var colors = []color.Color{
	color.RGBA{0x1f, 0x6f, 0xb4, 0xff}, color.RGBA{0x9a, 0xa5, 0xb1, 0xff}, color.RGBA{0xd9, 0x5f, 0x02, 0xff}, color.RGBA{0x5f, 0x5f, 0x5f, 0xff},
}

// chart is lines over the same axes.
type chart struct {
	title, x, y, machine string
	logX, logY           bool
	mostX                float64 // where the axis ends, if not at the last point
	lines                []*line
}

type line struct {
	name   string
	points plotter.XYs
}

// add adds a point to the line of that name.
func (c *chart) add(name string, x, y float64) {
	i := slices.IndexFunc(c.lines, func(l *line) bool { return l.name == name })
	if i < 0 {
		i = len(c.lines)
		c.lines = append(c.lines, &line{name: name})
	}
	c.lines[i].points = append(c.lines[i].points, plotter.XY{X: x, Y: y})
}

// save draws the chart to a file.
func (c *chart) save(path string) error {
	plot.DefaultFont.Variant = "Sans"
	p := plot.New()
	p.Title.Text = c.title + "\n" + c.machine
	p.X.Label.Text, p.Y.Label.Text = c.x, c.y
	p.Legend.Top, p.Legend.Left, p.Legend.Padding = true, true, vg.Points(2)
	p.Add(plotter.NewGrid())
	for i, l := range c.lines {
		slices.SortFunc(l.points, func(a, b plotter.XY) int { return int(a.X - b.X) })
		drawn, dots, err := plotter.NewLinePoints(l.points)
		if err != nil {
			return err
		}
		drawn.Color, drawn.Width = colors[i%len(colors)], vg.Points(2)
		dots.Color, dots.Shape = drawn.Color, draw.CircleGlyph{}
		p.Add(drawn, dots)
		p.Legend.Add(l.name, drawn, dots)
	}
	c.scale(p)
	return p.Save(width, height, path)
}

// scale sets the axes: those that are not logarithmic begin at 0.
func (c *chart) scale(p *plot.Plot) {
	p.X.Min, p.X.Max = 0, max(p.X.Max, c.mostX)
	p.Y.Min, p.Y.Max = 0, 1.25*p.Y.Max // room for the legend
	if c.logX {
		p.X.Min = c.least(func(xy plotter.XY) float64 { return xy.X })
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, c.ticks()
	}
	if c.logY {
		p.Y.Min, p.Y.Max = c.least(func(xy plotter.XY) float64 { return xy.Y }), 10*p.Y.Max
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	}
}

// ticks are marks where there are points.
func (c *chart) ticks() plot.ConstantTicks {
	var ticks plot.ConstantTicks
	for _, p := range c.lines[0].points {
		label := fmt.Sprintf("%.0f k", p.X/1e3)
		if p.X >= 1e6 {
			label = fmt.Sprintf("%.0f M", p.X/1e6)
		}
		ticks = append(ticks, plot.Tick{Value: p.X, Label: label})
	}
	return ticks
}

// least is the least of all points on an axis.
func (c *chart) least(axis func(plotter.XY) float64) float64 {
	least := axis(c.lines[0].points[0])
	for _, l := range c.lines {
		for _, p := range l.points {
			least = min(least, axis(p))
		}
	}
	return least
}
