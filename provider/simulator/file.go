package simulator

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"

	"frontdesk/provider"
)

// pretend makes a small, valid file of the type from its id and name.
func pretend(m *provider.Media) []byte {
	h := fnv.New64a()
	_, _ = h.Write([]byte(m.ID)) // never fails
	seed := h.Sum64()
	switch baseType(m.MIME) {
	case "image/png":
		return picture(seed, func(b *bytes.Buffer, i image.Image) error { return png.Encode(b, i) })
	case "image/jpeg":
		return picture(seed, func(b *bytes.Buffer, i image.Image) error { return jpeg.Encode(b, i, nil) })
	case "image/webp":
		return webp()
	case "audio/ogg":
		return voice(seed)
	case "application/pdf":
		return document(m.Name)
	}
	return []byte(m.Name + "\n")
}

// picture is a gradient whose colours follow from the seed.
func picture(seed uint64, encode func(*bytes.Buffer, image.Image) error) []byte {
	const width, height = 96, 72
	img := image.NewRGBA(image.Rect(0, 0, width, height))
	r, g := uint8(seed), uint8(seed>>8)
	for y := range height {
		for x := range width {
			img.SetRGBA(x, y, color.RGBA{R: r + uint8(x), G: g + uint8(y), B: uint8(seed>>16) + uint8(x^y), A: 255})
		}
	}
	var b bytes.Buffer
	if err := encode(&b, img); err != nil {
		return nil // a fixed image is always encoded
	}
	return b.Bytes()
}

// webp is one lossless pixel.
func webp() []byte {
	b, _ := base64.StdEncoding.DecodeString("UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==") // a constant
	return b
}

// document is a page with its own name on it.
func document(name string) []byte {
	text := strings.NewReplacer("(", "", ")", "", "\\", "").Replace(name)
	stream := "BT /F1 18 Tf 60 760 Td (" + text + ") Tj ET"
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(stream), stream),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	offsets := make([]int, 0, len(objects))
	for i, o := range objects {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

// voice is a few seconds of silence in Ogg Opus (RFC 7845).
func voice(seed uint64) []byte {
	serial := uint32(seed)
	head := []byte("OpusHead\x01\x01\x38\x01\x80\xbb\x00\x00\x00\x00\x00")
	tags := append([]byte("OpusTags"), 4, 0, 0, 0, 's', 'i', 'm', 's', 0, 0, 0, 0)
	out := oggPage(0x02, 0, serial, 0, [][]byte{head})
	out = append(out, oggPage(0, 0, serial, 1, [][]byte{tags})...)
	packets := make([][]byte, 50*(2+seed%6)) // 20 ms each
	for i := range packets {
		packets[i] = []byte{0xf8, 0xff, 0xfe}
	}
	const most = 250
	for page := uint32(2); len(packets) > 0; page++ {
		n := min(most, len(packets))
		flags := byte(0)
		if n == len(packets) {
			flags = 0x04
		}
		granule := uint64(page-2)*most*960 + uint64(n)*960
		out = append(out, oggPage(flags, granule, serial, page, packets[:n])...)
		packets = packets[n:]
	}
	return out
}

func oggPage(flags byte, granule uint64, serial, page uint32, packets [][]byte) []byte {
	b := append([]byte("OggS"), 0, flags)
	b = binary.LittleEndian.AppendUint64(b, granule)
	b = binary.LittleEndian.AppendUint32(b, serial)
	b = binary.LittleEndian.AppendUint32(b, page)
	b = append(b, 0, 0, 0, 0, byte(len(packets)))
	for _, p := range packets {
		b = append(b, byte(len(p)))
	}
	for _, p := range packets {
		b = append(b, p...)
	}
	binary.LittleEndian.PutUint32(b[22:], oggSum(b))
	return b
}

// oggSum is Ogg's checksum: CRC-32 of 0x04c11db7, not reflected.
func oggSum(b []byte) uint32 {
	var sum uint32
	for _, c := range b {
		sum ^= uint32(c) << 24
		for range 8 {
			if sum&0x80000000 != 0 {
				sum = sum<<1 ^ 0x04c11db7
			} else {
				sum <<= 1
			}
		}
	}
	return sum
}
