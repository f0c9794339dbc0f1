package main

import "frontdesk/provider"

// asked is a key of a driver's that a person is asked for.
type asked struct {
	key    string
	prompt string
	// where says where to find it, in the words of the provider's own pages.
	where  string
	secret bool
	// optional may be left empty; made is filled in by this program where it is.
	optional, made bool
	// of repeats the answer to another key, fixed is the answer to itself.
	of, fixed string
}

// way is one way to connect an inbox: a driver on a network.
type way struct {
	title   string
	driver  string
	network provider.Network
	account []asked
	// hook is what the driver's webhook needs; none where nobody posts to it.
	hook []asked
	// paste tells what to enter where, with the webhook's address and secret filled in.
	paste []string
}

// ways are all there are, the usual ones first.
func ways() []way {
	return []way{
		{
			title: "WhatsApp, Meta's own Cloud API", driver: "cloudapi", network: provider.WhatsApp,
			account: []asked{
				{key: "phone_number_id", prompt: "Phone number ID", where: "developers.facebook.com, your app, WhatsApp, API Setup"},
				{key: "waba_id", prompt: "WhatsApp Business Account ID", where: "the same page"},
				{key: "access_token", prompt: "Access token", where: "business.facebook.com, System users: a permanent one with whatsapp_business_messaging and whatsapp_business_management", secret: true},
			},
			hook: []asked{
				{key: "app_secret", prompt: "App secret", where: "your app, App settings, Basic", secret: true},
				{key: "verify_token", made: true, secret: true},
			},
			paste: []string{
				"Your app, WhatsApp, Configuration, Webhook, Edit:",
				"  Callback URL   {url}",
				"  Verify token   {verify_token}",
				"Then Manage, and subscribe to: messages, message_template_status_update, message_template_quality_update,",
				"  template_category_update, phone_number_quality_update, account_update, user_preferences",
			},
		},
		{
			title: "WhatsApp through 360dialog", driver: "dialog360", network: provider.WhatsApp,
			account: []asked{
				{key: "api_key", prompt: "API key", where: "360dialog Hub, your number, API key", secret: true},
				{key: "phone_number_id", prompt: "Phone number ID", where: "the same page"},
				{key: "waba_id", prompt: "WhatsApp Business Account ID", where: "the same page"},
			},
			hook:  []asked{{key: "header_secret", made: true, secret: true}},
			paste: []string{"Set the webhook of the number (Hub, or POST /v1/configs/webhook):", "  url       {url}", "  headers   Authorization: {header_secret}"},
		},
		{
			title: "WhatsApp through Twilio", driver: "twilio", network: provider.WhatsApp,
			account: twilioAsks("The sender, whatsapp:+15551234567"), hook: twilioHookAsks(), paste: twilioPaste("Messaging, Senders, WhatsApp senders, your sender"),
		},
		{
			title: "SMS through Twilio", driver: "twilio", network: provider.SMS,
			account: twilioAsks("The number, +15551234567"), hook: twilioHookAsks(), paste: twilioPaste("Phone Numbers, your number, Messaging"),
		},
		{
			title: "Telegram (a bot; needs no public address)", driver: "telegram", network: provider.Telegram,
			account: []asked{{key: "bot_token", prompt: "The bot's token", where: "@BotFather, /newbot or /token", secret: true}},
		},
		metaWay("Messenger", provider.Messenger, "page_id", "Page ID", "the page, About, Page transparency"),
		metaWay("Instagram", provider.Instagram, "instagram_id", "Instagram account ID", "your app, Instagram, API setup"),
		{
			title: "The hotel guest API", driver: "hotel", network: provider.WhatsApp,
			account: []asked{
				{key: "base_url", prompt: "Address of the API", where: "your provider's letter, https://…"},
				{key: "staff_token", prompt: "Staff token", where: "the same letter", secret: true},
				{key: "admin_token", prompt: "Admin token, for templates", where: "the same letter; empty for none", secret: true, optional: true},
			},
			hook:  []asked{{key: "verify_token", made: true, secret: true}},
			paste: []string{"Give your provider:", "  webhook URL    {url}", "  verify token   {verify_token}"},
		},
		whautomateWay("WhatsApp", provider.WhatsApp), whautomateWay("Telegram", provider.Telegram),
		whautomateWay("Instagram", provider.Instagram), whautomateWay("Messenger", provider.Messenger),
		{
			title: "PropOps (templates only, nothing comes in)", driver: "propops", network: provider.WhatsApp,
			account: []asked{
				{key: "base_url", prompt: "Address of PropOps", where: "what you open in the browser, https://…"},
				{key: "access_token", prompt: "Access token", where: "your administrator", secret: true},
			},
		},
		{
			title: "Ambiotec (nothing comes in)", driver: "ambiotec", network: provider.WhatsApp,
			account: []asked{
				{key: "base_url", prompt: "Address of Ambiotec", where: "what you open in the browser, https://…"},
				{key: "access_token", prompt: "Access token", where: "your administrator", secret: true},
			},
		},
	}
}

func twilioAsks(sender string) []asked {
	return []asked{
		{key: "account_sid", prompt: "Account SID", where: "console.twilio.com, the first page"},
		{key: "auth_token", prompt: "Auth token", where: "the same page", secret: true},
		{key: "sender", prompt: sender, where: "the console, Messaging, Senders"},
	}
}

func twilioHookAsks() []asked {
	return []asked{{key: "auth_token", of: "auth_token", secret: true}, {key: "public_url", of: publicKey}}
}

func twilioPaste(where string) []string {
	return []string{"console.twilio.com, " + where + ":", "  Webhook URL for incoming messages   {url}   (HTTP POST)", "  Status callback URL                 {url}   (HTTP POST)"}
}

func metaWay(name string, network provider.Network, key, prompt, where string) way {
	return way{
		title: name, driver: "messenger", network: network,
		account: []asked{
			{key: key, prompt: prompt, where: where},
			{key: "access_token", prompt: "Access token", where: "your app, " + name + ", API setup: one that does not expire", secret: true},
		},
		hook: []asked{
			{key: "app_secret", prompt: "App secret", where: "your app, App settings, Basic", secret: true},
			{key: "verify_token", made: true, secret: true},
		},
		paste: []string{
			"Your app, " + name + ", Webhooks:", "  Callback URL   {url}", "  Verify token   {verify_token}",
			"Then subscribe to: messages, messaging_postbacks, message_deliveries, message_reads, message_reactions, message_echoes, standby",
		},
	}
}

func whautomateWay(name string, network provider.Network) way {
	return way{
		title: "Whautomate (" + name + ")", driver: "whautomate", network: network,
		account: []asked{
			{key: "api_key", prompt: "API key", where: "Whautomate, Settings, API", secret: true},
			{key: "location_id", prompt: "Location ID", where: "Whautomate, Settings, Locations"},
			{key: "channel", fixed: string(network)},
		},
		hook:  []asked{{key: "location_id", of: "location_id"}, {key: "secret", made: true, secret: true}},
		paste: []string{"Whautomate, Settings, Webhooks:", "  URL      {url}", "  header   X-Frontdesk-Secret: {secret}"},
	}
}

// publicKey is the webhook's own address, for hooks that sign it.
const publicKey = "public address"
