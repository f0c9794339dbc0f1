package telegram

import (
	"time"
)

// What an update holds, as far as an inbox needs it ("Available types"). What has
// an unexpected form stays empty.

type chat struct {
	ID        int64  `json:"id"`
	Type      string `json:"type"`
	Title     string `json:"title"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Username  string `json:"username"`
}

type user struct {
	ID        int64  `json:"id"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Username  string `json:"username"`
}

// message is a Message, or an InaccessibleMessage, which has no date.
type message struct {
	ID         int64 `json:"message_id"`
	Date       int64 `json:"date"`
	EditDate   int64 `json:"edit_date"`
	Chat       chat  `json:"chat"`
	From       *user `json:"from"`
	SenderChat *chat `json:"sender_chat"`
	// Connection is set in the chats of a person for whom the bot acts, and
	// SenderBot where a bot wrote for them.
	Connection string `json:"business_connection_id"`
	SenderBot  *user  `json:"sender_business_bot"`

	Thread  int64      `json:"message_thread_id"`
	Topical bool       `json:"is_topic_message"`
	ReplyTo *quoted    `json:"reply_to_message"`
	Forward *forwarded `json:"forward_origin"`

	Text      string      `json:"text"`
	Caption   string      `json:"caption"`
	Photo     []file      `json:"photo"`
	Document  *file       `json:"document"`
	Video     *file       `json:"video"`
	VideoNote *file       `json:"video_note"`
	Voice     *file       `json:"voice"`
	Audio     *file       `json:"audio"`
	Animation *file       `json:"animation"`
	Sticker   *file       `json:"sticker"`
	Contact   *contact    `json:"contact"`
	Location  *location   `json:"location"`
	Venue     *venue      `json:"venue"`
	MigrateTo int64       `json:"migrate_to_chat_id"`
	Migrated  int64       `json:"migrate_from_chat_id"`
	Markup    replyMarkup `json:"reply_markup"`
}

type quoted struct {
	ID   int64 `json:"message_id"`
	Chat chat  `json:"chat"`
}

type forwarded struct {
	Type string `json:"type"`
}

type file struct {
	ID   string `json:"file_id"`
	Size int64  `json:"file_size"`
	Name string `json:"file_name"`
	MIME string `json:"mime_type"`
}

type contact struct {
	Phone     string `json:"phone_number"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
}

type location struct {
	Latitude  *float64 `json:"latitude"`
	Longitude *float64 `json:"longitude"`
}

type venue struct {
	Location location `json:"location"`
	Title    string   `json:"title"`
	Address  string   `json:"address"`
}

// connection is that a person has the bot act for them, or no longer.
type connection struct {
	ID     string `json:"id"`
	Date   int64  `json:"date"`
	Rights struct {
		Reply bool `json:"can_reply"`
	} `json:"rights"`
}

// deletion is that messages are gone from a chat of a person for whom the bot acts.
type deletion struct {
	Connection string  `json:"business_connection_id"`
	Chat       chat    `json:"chat"`
	Messages   []int64 `json:"message_ids"`
}

type replyMarkup struct {
	Rows [][]button `json:"inline_keyboard"`
}

type callbackQuery struct {
	ID      string   `json:"id"`
	From    *user    `json:"from"`
	Message *message `json:"message"`
	Data    string   `json:"data"`
}

type reactionUpdate struct {
	Chat    chat           `json:"chat"`
	Message int64          `json:"message_id"`
	User    *user          `json:"user"`
	Actor   *chat          `json:"actor_chat"`
	Date    int64          `json:"date"`
	New     []reactionType `json:"new_reaction"`
}

type memberUpdate struct {
	Chat chat  `json:"chat"`
	Date int64 `json:"date"`
	New  struct {
		Status string `json:"status"`
	} `json:"new_chat_member"`
}

// latest is the last second that a time may be in to fit the log.
const latest = 253402300799 // 9999-12-31

// instant is a time of Telegram's, in seconds; zero where it gives none.
func instant(seconds int64) time.Time {
	if seconds <= 0 || seconds > latest {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
