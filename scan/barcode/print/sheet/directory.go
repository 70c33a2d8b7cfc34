package sheet

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// maxMembers is how many fonts a collection may have; the largest that systems
// come with have about ten. Its fonts share tables, of which each is given a copy:
// maxTables is how much these may be together.
const (
	maxMembers = 64
	maxTables  = 512 << 20
)

// checkDirectory makes sure that the tables of a font file (OpenType 1.9, "Table
// directory") are in it, and not more of them: readers allocate what the directory
// claims.
func checkDirectory(file []byte) error {
	if len(file) < 12 {
		return errors.New("it has less than 12 bytes")
	}
	if string(file[:4]) != "ttcf" {
		_, err := checkMember(file, 0)
		return err
	}
	members := int(binary.BigEndian.Uint32(file[8:]))
	if members < 1 || members > maxMembers || len(file) < 12+4*members {
		return fmt.Errorf("it is a collection of %d fonts; 1 to %d are read", uint32(members), maxMembers)
	}
	all := 0
	for i := range members {
		tables, err := checkMember(file, int(binary.BigEndian.Uint32(file[12+4*i:])))
		if err != nil {
			return fmt.Errorf("font %d of the collection: %w", i, err)
		}
		if all += tables; all > maxTables {
			return fmt.Errorf("the first %d fonts of the collection have tables of more than %d MiB: give those that are needed as files of their own", i+1, maxTables>>20)
		}
	}
	return nil
}

// checkMember checks one font and tells how long its tables are together.
func checkMember(file []byte, at int) (all int, err error) {
	if at > len(file)-12 {
		return 0, errors.New("it begins behind the end of the file")
	}
	switch version := string(file[at : at+4]); version {
	case "\x00\x01\x00\x00", "OTTO", "true":
	default:
		return 0, fmt.Errorf("it begins with %q", version)
	}
	const record = 16
	tables := int(binary.BigEndian.Uint16(file[at+4:]))
	if at+12+record*tables > len(file) {
		return 0, fmt.Errorf("it claims %d tables, whose list ends behind the file", tables)
	}
	for i := range tables {
		table := file[at+12+record*i:]
		offset, length := int(binary.BigEndian.Uint32(table[8:])), int(binary.BigEndian.Uint32(table[12:]))
		if all += length; offset+length > len(file) || all > len(file) {
			return 0, fmt.Errorf("table %q claims %d bytes from byte %d; the file has %d", table[:4], length, offset, len(file))
		}
	}
	return all, nil
}
