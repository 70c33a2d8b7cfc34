package emvco

import "fmt"

// checksum is the CRC of ISO/IEC 13239 as the specification wants it:
// polynomial 1021, begun at FFFF, nothing reflected, nothing added. The text
// ends with the ID and the length of the checksum itself.
func checksum(text string) string {
	crc := uint16(0xFFFF)
	for i := range len(text) {
		crc ^= uint16(text[i]) << 8
		for range 8 {
			carry := crc&0x8000 != 0
			crc <<= 1
			if carry {
				crc ^= 0x1021
			}
		}
	}
	return fmt.Sprintf("%04X", crc)
}
