package messenger

import (
	"frontdesk/provider"
)

// read is Messenger's watermark, or Instagram's last message that was seen: what
// came before it is seen as well.
func (d *decoder) read(x *exchange) bool {
	mid, watermark := x.body.Member("mid").Text(), x.body.Member("watermark").Word()
	r := provider.ReceiptsTo{Status: provider.Read, UpTo: stamp(watermark), At: x.at}
	upTo := watermark
	if r.UpTo.IsZero() {
		r.Message, upTo = provider.MessageID(mid), mid
	}
	if x.ours || broken(mid) || (r.UpTo.IsZero() && r.Message == "") {
		return false
	}
	d.add(x.source, "w:"+x.customer+":read:"+upTo, x.chat(), r)
	return true
}

// delivery is a watermark as well. The messages it may name besides are told one
// by one: a watermark is Meta's clock, and an id is certain.
func (d *decoder) delivery(x *exchange) bool {
	watermark := x.body.Member("watermark").Word()
	r := provider.ReceiptsTo{Status: provider.Delivered, UpTo: stamp(watermark), At: x.at}
	mids := x.body.Member("mids")
	named := mids.List()
	if x.ours || !mids.Listed() || (r.UpTo.IsZero() && len(named) == 0) {
		return false
	}
	for _, v := range named {
		if mid := v.Text(); mid == "" || broken(mid) {
			return false
		}
	}
	for _, v := range named {
		d.add(x.source, "s:"+v.Text()+":delivered", x.chat(), provider.Receipt{
			Message: provider.MessageID(v.Text()), Status: provider.Delivered, At: x.at,
		})
	}
	if !r.UpTo.IsZero() {
		d.add(x.source, "w:"+x.customer+":delivered:"+watermark, x.chat(), r)
	}
	return true
}

// policy is what Meta does to an account that broke its rules, or lifts again.
func (d *decoder) policy(x *exchange) bool {
	h := provider.Health{At: x.at}
	switch x.body.Member("action").Text() {
	case "block":
		h.Status, h.Text = "restricted", "Meta keeps this account from writing. An administrator must settle it with Meta."
	case "unblock":
		h.Status, h.Text = "connected", "Meta lets this account write again. Nothing is to be done."
	default:
		return false
	}
	if why := x.body.Member("reason").Text(); why != "" {
		h.Text += " Meta's words: " + why
	}
	d.add(x.source, x.hash(x.element), "", h)
	return true
}
