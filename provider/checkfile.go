package provider

import "slices"

// FileKinds returns the kinds of content that are a file.
func FileKinds() []ContentKind { return []ContentKind{Image, Video, Audio, Document, Sticker} }

// CheckFile judges a file by itself, before a byte of it leaves: whether the chat
// takes the kind, the type and the size. An empty type or a size of 0 is one that
// is not known. It is one that is here, and goes with its message where it can.
// The error is a *Refusal or nil; Check judges the message.
func (c *Capabilities) CheckFile(kind ContentKind, mime string, size int64) error {
	if !slices.Contains(FileKinds(), kind) || c.Send[kind] <= Absent {
		return &Refusal{Reason: RefusedKind, Part: string(kind)}
	}
	rule := c.ruleOf(kind, true)
	if r := rule.check(kind, mime, size); r != nil {
		return r
	}
	return nil
}

func (rule *MediaRule) check(kind ContentKind, mime string, size int64) *Refusal {
	part := string(kind)
	if mime != "" && len(rule.Types) > 0 {
		maxSize, ok := rule.Types[mime]
		if !ok {
			return &Refusal{Reason: RefusedMIME, Part: part}
		}
		if size > maxSize {
			return &Refusal{Reason: RefusedSize, Part: part, Got: size, Limit: maxSize, Unit: Bytes}
		}
	}
	if rule.Max > 0 && size > rule.Max {
		return &Refusal{Reason: RefusedSize, Part: part, Got: size, Limit: rule.Max, Unit: Bytes}
	}
	return nil
}

func (c *Capabilities) checkMedia(m *Content) *Refusal {
	if m.Media == nil || (m.Media.ID == "" && m.Media.Link == "") {
		return &Refusal{Reason: RefusedEmpty, Part: string(m.Kind)}
	}
	_, attached := m.Media.ID.Held()
	rule := c.ruleOf(m.Kind, attached)
	if r := rule.check(m.Kind, m.Media.MIME, m.Media.Size); r != nil {
		return r
	}
	if m.Text != "" && rule.Caption <= Absent {
		return &Refusal{Reason: RefusedKind, Part: "caption"}
	}
	return checkText("caption", m.Text, c.Caption, false)
}
