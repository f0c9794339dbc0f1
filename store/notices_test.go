package store

import (
	"fmt"
	"testing"

	"frontdesk/webhookrelay/event"
)

// A flood of messages that nobody takes stays small, and says the newest of each.
func TestNoticesThatNobodyTakesStayFew(t *testing.T) {
	have := []Notice{{Kind: NoticeMentioned}}
	for i := range 3 * maxWritten {
		have = joinNotices(have, []Notice{
			{Kind: NoticeWritten, Conversation: event.ConversationID(fmt.Sprint(i)), Text: "first"},
			{Kind: NoticeWritten, Conversation: event.ConversationID(fmt.Sprint(i)), Text: "second"},
		})
	}
	if len(have) != maxWritten+1 || have[0].Kind != NoticeMentioned {
		t.Fatalf("%d wait, the first is %+v", len(have), have[0])
	}
	for i, n := range have[1:] {
		if want := fmt.Sprint(2*maxWritten + i); n.Text != "second" || string(n.Conversation) != want {
			t.Fatalf("the %d. is %+v, expected the newest of %s", i+1, n, want)
		}
	}
}
