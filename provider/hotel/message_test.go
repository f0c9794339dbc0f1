package hotel_test

import (
	"frontdesk/provider"
)

// The messages of the document's examples.

func buttons() provider.Content {
	return provider.Content{Kind: provider.Interactive, Text: "How would you like to extend your stay?", Menu: &provider.Menu{
		Form: "button", Options: []provider.MenuOption{
			{ID: "extend_1_night", Title: "1 More Night"}, {ID: "extend_2_nights", Title: "2 More Nights"}, {ID: "call_front_desk", Title: "Call Front Desk"},
		},
	}}
}

func list() provider.Content {
	return provider.Content{Kind: provider.Interactive, Text: "What service would you like to request?", Menu: &provider.Menu{
		Form: "list", Button: "View Services", Options: []provider.MenuOption{
			{Section: "Room Services", ID: "housekeeping", Title: "Housekeeping", Description: "Extra towels, cleaning"},
			{Section: "Room Services", ID: "room_service", Title: "Room Service", Description: "Food and beverage delivery"},
			{Section: "Room Services", ID: "maintenance", Title: "Maintenance", Description: "Technical issues"},
			{Section: "Guest Services", ID: "concierge", Title: "Concierge", Description: "Local recommendations, bookings"},
			{Section: "Guest Services", ID: "transportation", Title: "Transportation", Description: "Taxi, shuttle service"},
		},
	}}
}

func lateCheckout() provider.Template {
	return provider.Template{
		Name: "late_checkout_confirmation", Category: "utility", Language: "en",
		Components: []provider.Component{
			{Part: provider.PartHeader, Format: "text", Text: "Late Checkout Confirmed"},
			{Part: provider.PartBody, Text: "Hi {{1}}, your late checkout until {{2}} has been confirmed for room {{3}}. Additional charges: {{4}}."},
			{Part: provider.PartFooter, Text: "Thank you for staying with us!"},
		},
	}
}

func twoTexts() provider.Batch {
	return provider.Batch{
		Messages:  []provider.BatchMessage{{To: "1234567890", Text: "Message 1"}, {To: "1234567891", Text: "Message 2"}},
		PerSecond: 10, Size: 100, Track: true,
	}
}
