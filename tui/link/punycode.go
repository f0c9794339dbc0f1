package link

import "strings"

// The parameters of RFC 3492, section 5.
const (
	base, tMin, tMax, skew, damp = 36, 1, 26, 38, 700
	initialBias, initialN        = 72, 128
)

// punycode encodes one label (RFC 3492, section 6.3), without the prefix.
func punycode(label string) (string, bool) {
	runes := []rune(label)
	if len(runes) > 63 {
		return "", false
	}
	var b strings.Builder
	for _, r := range runes {
		if r < 0x80 {
			b.WriteRune(r)
		}
	}
	basic := b.Len()
	if basic > 0 {
		b.WriteByte('-')
	}
	n, delta, bias, done := rune(initialN), 0, initialBias, basic
	for done < len(runes) {
		least := rune(0x10ffff)
		for _, r := range runes {
			if r >= n && r < least {
				least = r
			}
		}
		delta += int(least-n) * (done + 1)
		n = least
		for _, r := range runes {
			if r < n {
				delta++
			}
			if r == n {
				variable(&b, delta, bias)
				bias = adapt(delta, done+1, done == basic)
				delta = 0
				done++
			}
		}
		delta++
		n++
	}
	return b.String(), true
}

// variable writes delta as a variable-length integer.
func variable(b *strings.Builder, delta, bias int) {
	for k := base; ; k += base {
		t := min(max(k-bias, tMin), tMax)
		if delta < t {
			b.WriteByte(digit(delta))
			return
		}
		b.WriteByte(digit(t + (delta-t)%(base-t)))
		delta = (delta - t) / (base - t)
	}
}

func digit(n int) byte {
	if n < 26 {
		return byte('a' + n)
	}
	return byte('0' + n - 26)
}

func adapt(delta, points int, first bool) int {
	if first {
		delta /= damp
	} else {
		delta /= 2
	}
	delta += delta / points
	k := 0
	for delta > (base-tMin)*tMax/2 {
		delta /= base - tMin
		k += base
	}
	return k + (base-tMin+1)*delta/(delta+skew)
}
