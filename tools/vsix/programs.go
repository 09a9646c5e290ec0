package main

import (
	"bytes"
	"encoding/binary"
	"maps"
	"path"
	"slices"
)

// platforms maps each folder of a task's bin to the program that must be in it.
func platforms() map[string]func([]byte) bool {
	return map[string]func([]byte) bool{
		"darwin-amd64/armpreflight":      machO(0x01000007),
		"darwin-arm64/armpreflight":      machO(0x0100000C),
		"linux-amd64/armpreflight":       elf(0x3E),
		"linux-arm64/armpreflight":       elf(0xB7),
		"windows-amd64/armpreflight.exe": pe(0x8664),
	}
}

// checkPrograms checks that the task has every program, each built for its platform, and a list with the sums of exactly these.
func (c *checker) checkPrograms(t *task) {
	bin := path.Join(t.dir, "bin")
	sums, err := parseSums(c.p.files[bin+"/"+sumsName])
	if err != nil {
		c.fault("%s/%s: %v", bin, sumsName, err)
	}
	expected := platforms()
	for _, name := range slices.Sorted(maps.Keys(expected)) {
		data := c.p.files[bin+"/"+name]
		if !c.want(data != nil, "%s/%s is missing", bin, name) {
			continue
		}
		c.want(expected[name](data), "%s/%s is not a program for that platform", bin, name)
		c.want(sums[name] == sum(data), "%s/%s has SHA-256 %s, its list says %q", bin, name, sum(data), sums[name])
	}
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		c.want(expected[name] != nil, "%s/%s lists %s, which no platform needs", bin, sumsName, name)
	}
}

// elf recognizes a 64-bit little-endian ELF file by its machine number.
func elf(machine uint16) func([]byte) bool {
	return func(data []byte) bool {
		return len(data) >= 20 && bytes.HasPrefix(data, []byte{0x7F, 'E', 'L', 'F', 2, 1}) &&
			binary.LittleEndian.Uint16(data[18:]) == machine
	}
}

// machO recognizes a 64-bit Mach-O file by its CPU type.
func machO(cpu uint32) func([]byte) bool {
	return func(data []byte) bool {
		return len(data) >= 8 && binary.LittleEndian.Uint32(data) == 0xFEEDFACF && binary.LittleEndian.Uint32(data[4:]) == cpu
	}
}

// pe recognizes a PE file by its machine number.
func pe(machine uint16) func([]byte) bool {
	return func(data []byte) bool {
		if len(data) < 0x40 || !bytes.HasPrefix(data, []byte("MZ")) {
			return false
		}
		at := int64(binary.LittleEndian.Uint32(data[0x3C:]))
		return at+6 <= int64(len(data)) && bytes.HasPrefix(data[at:], []byte("PE\x00\x00")) &&
			binary.LittleEndian.Uint16(data[at+4:]) == machine
	}
}
