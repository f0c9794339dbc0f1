package all

import "frontdesk/provider"

// byChat is what each kind of chat may be sent.
func (d *driver) byChat(network provider.Network) provider.Tables {
	if d.tables == nil {
		return provider.Tables{Usual: d.table(network)}
	}
	return d.tables(network)
}

// Tables returns what the chats of a driver's network may be sent, by kind of chat.
// Where it serves no such network, nothing can be done.
func Tables(name string, network provider.Network) provider.Tables {
	d, err := serving(provider.Account{Driver: name, Network: network})
	if err != nil {
		return provider.Tables{Usual: &provider.Capabilities{Network: network}}
	}
	return d.byChat(network)
}

// Window is how long free text may go in a driver's usual chat.
func Window(name string, network provider.Network) provider.WindowRule {
	return Capabilities(name, network).Window
}

// ChatWindow is how long free text may go in a chat that differs from the usual one;
// false where it is as that.
func ChatWindow(name string, network provider.Network, chat provider.ChatID) (rule provider.WindowRule, differs bool) {
	d, err := serving(provider.Account{Driver: name, Network: network})
	if err != nil || d.tables == nil {
		return rule, false
	}
	t := d.tables(network)
	table := t.Of(chat)
	return table.Window, table != t.Usual
}
