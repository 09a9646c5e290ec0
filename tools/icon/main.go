// Command icon draws the product's icons: a white check mark in a blue shield on a transparent ground.
// The PNG files are committed, so it runs only when the drawing changes:
//
//	go run ./tools/icon
//
// It isn't an image library: one shape, two colors, square pictures.
package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
)

// icons lists each file with its edge in pixels: the Marketplace requires 128 for the extension, Azure DevOps 32 for a task.
func icons() map[string]int {
	return map[string]int{
		"extension/images/icon.png":          128,
		"task/ArmPreflight/v1/icon.png":      32,
		"task/ArmConnectionGate/v1/icon.png": 32,
	}
}

func main() {
	for name, size := range icons() {
		if err := write(name, size); err != nil {
			fmt.Fprintln(os.Stderr, "icon:", err)
			os.Exit(1)
		}
	}
}

func write(name string, size int) error {
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, draw(size)); err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	return os.WriteFile(name, out.Bytes(), 0o644)
}

// draw renders the icon with edge size. Each pixel is the mean of samples×samples points, which smooths the edges.
func draw(size int) image.Image {
	const samples = 8
	blue := color.NRGBA{R: 0x0B, G: 0x5C, B: 0xAD, A: 0xFF}
	white := color.NRGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0xFF}
	picture := image.NewNRGBA(image.Rect(0, 0, size, size))
	for row := range size {
		for column := range size {
			var inShield, inMark int
			for i := range samples * samples {
				x := (float64(column) + (float64(i%samples)+0.5)/samples) / float64(size)
				y := (float64(row) + (float64(i/samples)+0.5)/samples) / float64(size)
				switch {
				case mark(x, y):
					inMark++
				case shield(x, y):
					inShield++
				}
			}
			picture.SetNRGBA(column, row, mix(blue, white, inShield, inMark, samples*samples))
		}
	}
	return picture
}

// mix weights the two colors by the points that hit them; points that hit neither are transparent.
func mix(ground, mark color.NRGBA, inGround, inMark, all int) color.NRGBA {
	hit := inGround + inMark
	if hit == 0 {
		return color.NRGBA{}
	}
	blend := func(a, b uint8) uint8 {
		return uint8((int(a)*inGround + int(b)*inMark + hit/2) / hit)
	}
	return color.NRGBA{
		R: blend(ground.R, mark.R),
		G: blend(ground.G, mark.G),
		B: blend(ground.B, mark.B),
		A: uint8((0xFF*hit + all/2) / all),
	}
}

// shield reports whether a point of the unit square (y downwards) is inside the shield: straight sides above, two arcs that
// meet in a point below, and a top edge that rises to the middle.
func shield(x, y float64) bool {
	const (
		half     = 0.42 // half the width
		shoulder = 0.50 // where the sides begin to bend
		tip      = 0.98
	)
	side := math.Abs(x - 0.5)
	if top := 0.04 + 0.10*math.Pow(side/half, 2); y < top || y > tip {
		return false
	}
	if y <= shoulder {
		return side <= half
	}
	t := (y - shoulder) / (tip - shoulder)
	return side <= half*(1-math.Pow(t, 1.9))
}

// mark reports whether a point is on the check mark: two strokes with round ends.
func mark(x, y float64) bool {
	const thickness = 0.062
	return distance(x, y, 0.30, 0.47, 0.44, 0.61) <= thickness ||
		distance(x, y, 0.44, 0.61, 0.70, 0.33) <= thickness
}

// distance is the distance of the point (x, y) from the line between (ax, ay) and (bx, by).
func distance(x, y, ax, ay, bx, by float64) float64 {
	dx, dy := bx-ax, by-ay
	t := ((x-ax)*dx + (y-ay)*dy) / (dx*dx + dy*dy)
	t = min(1, max(0, t))
	return math.Hypot(x-ax-t*dx, y-ay-t*dy)
}
