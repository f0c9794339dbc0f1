package telegram

import (
	"errors"
	"fmt"
	"strings"

	"frontdesk/provider"
)

// cardOut makes a contact of the one card a message of Telegram's can hold. What
// has no field of its own there travels in the vCard.
func cardOut(cards []provider.ContactCard) (call, error) {
	if len(cards) != 1 {
		return call{}, fmt.Errorf("a message holds one contact card, and these are %d", len(cards))
	}
	card := cards[0]
	if strings.TrimSpace(card.Name) == "" || len(card.Phones) == 0 || !strings.ContainsAny(card.Phones[0], "0123456789") {
		return call{}, errors.New("the contact card has no name or no phone number")
	}
	body := request{PhoneNumber: card.Phones[0], FirstName: card.Name}
	if len(card.Phones) > 1 || len(card.Emails) > 0 || card.Org != "" {
		body.VCard = vcard(&card)
	}
	if len(body.VCard) > maxVCard {
		return call{}, fmt.Errorf("the contact card is larger than %d bytes", maxVCard)
	}
	return call{"sendContact", body}, nil
}

// vcard writes version 3.0 (RFC 2426). A value that holds a line break or one of
// its marks stays one value.
func vcard(card *provider.ContactCard) string {
	escape := strings.NewReplacer(`\`, `\\`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`, ",", `\,`, ";", `\;`).Replace
	var b strings.Builder
	line := func(name, value string) { b.WriteString(name + ":" + escape(value) + "\r\n") }
	b.WriteString("BEGIN:VCARD\r\nVERSION:3.0\r\n")
	line("FN", card.Name)
	b.WriteString("N:;" + escape(card.Name) + ";;;\r\n")
	if card.Org != "" {
		line("ORG", card.Org)
	}
	for _, phone := range card.Phones {
		line("TEL", phone)
	}
	for _, email := range card.Emails {
		line("EMAIL", email)
	}
	b.WriteString("END:VCARD\r\n")
	return b.String()
}
