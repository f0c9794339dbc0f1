package strings

import (
	"frontdesk/store"
	"frontdesk/webhookrelay/event"
)

// Screen is every word of the panes, the lines at the top and the bottom, and
// the commands. A field whose name ends in F is a format; its comment says of
// what.
type Screen struct {
	Brand   string
	Views   map[store.View]string
	Online  string
	Offline string
	// TooSmallF: columns, rows. TinyF: the same where that does not fit, either.
	TooSmallF, TinyF string
	// TitleF: how many conversations are new to me.
	TitleF string

	// Words of rows.
	NeverOpened  string
	Hurry        string // after a short time left
	LeftF        string // how long
	ClosedSinceF string // when
	NoText       string
	NotePreviewF string // who, text
	// LeftViewF and NotInViewF stand in the row of the conversation that is shown
	// and not in the view: the view's name.
	LeftViewF, NotInViewF string
	GoneF                 string // who, the row's words
	MarkedUnread          string
	Called                string // a note calls me
	ViewingF, WritingF    string // who
	NobodyHere            map[store.View]string
	EmptyElse             string
	CannotShowF           string // event
	// CannotShowRow stands in the place of a conversation, the hint below it.
	CannotShowRow, CannotShowHint string
	// CannotShowPart stands in the place of a part of a pane.
	CannotShowPart string
	MoreLinesF     string // how many
	// CarefulF is said of a file whose name ends in what is run, or in what its
	// type does not.
	CarefulF string

	// Words of a thread.
	NothingOpen  string
	NoMessages   string
	Earlier      string
	NewOne       string
	NewF         string // how many
	Statuses     map[store.ConversationStatus]string
	NotSentYet   string // a team action that is not confirmed
	States       States
	LateF        string // when it was sent
	You          string
	Voice        string
	ListF        string // button's words
	ChoseF       string // title
	PlaceF       string // latitude, longitude
	ContactCardF string // name
	ValueF       string // a template's variable, its value
	Unsupported  string
	// TakenBack stands in the place of what its writer took back; EditedF: when;
	// ViaF: who or what wrote it elsewhere; Elsewhere where nobody says.
	// Standby is of what another program of the account was to answer.
	TakenBack, EditedF, ViaF, Elsewhere, Standby string
	Activity                                     Activity

	// The contact pane.
	Contact Contact

	Status   Status
	Did      Did
	Commands map[string]Command
	Modes    Modes
	// HelpTitles are the places and the groups of the help.
	HelpTitles HelpTitles
}

// States are the words of a message's state.
type States struct {
	Queued, Held, Sending, Sent, Delivered, Read, FailedF, Failed, Unsure, Discarded string
	// Accepted stands in Sent's place where the network tells nothing afterwards.
	Accepted string
	// HintFailed and HintUnsure name the key that helps.
	HintFailed, HintUnsure, HintHeld, HintQueued string
	// HintYoung stands in HintUnsure's place as long as a receipt may well come,
	// and SilentF says for how long none has.
	HintYoung, SilentF string
	// Twice is said of a message that arrived although it was sent again, and
	// that did too; Arrived, where the second one did not; SentAgain, where
	// nobody knows.
	Twice, Arrived, SentAgain string
}

// Activity are the sentences of activity rows. Each is a format that begins
// with who.
type Activity struct {
	AssignedF, AssignedSelfF, UnassignedF           string
	ResolvedF, ReopenedF, DescribedF                string
	LabeledF, LabelsClearedF, LinkedF, ContactF     string
	UnlinkedF                                       string
	MarkedF, UnmarkedF, OtherF, Somebody, FollowUpF string
	// SnoozedF: until when. Priorities by their level; each is a format of who.
	SnoozedF, SnoozedReplyF string
	Priorities              [5]string
	JoinedF, SeparatedF     string
	BlockedF, UnblockedF    string
	// Of the network, where it does as the team wants: no format.
	BlockedThere, UnblockedThere string
	TeamF                        string
	AllowedF, ForbiddenF         string
	RatedF                       string
	Everything, MarketingWord    string
	// ToldThere is of the network's own inbox; NotToldF and ToldUnsureF with its words.
	ToldThere, NotToldF, ToldUnsureF string
	// Of the customer: no format.
	NoMarketing, Marketing, NoMessages, Messages, Gone, Back, OtherID string
}

// Contact are the words of the contact pane.
type Contact struct {
	Title, Linked, Labels, Resolution, Window, LocalF, NoNumber string
	RatedF, Inbox, Priority                                     string
	// Standing is the title of what the customer lets us do; the rest: since when.
	Standing, NoMarketingF, NoMessagesF, UnreachableF, StandbyF string
}

// Status are the words of the last line.
type Status struct {
	Live, Connecting, OfflineF, BehindF, WebhookF, WebhookNever, OutboxEmpty string
	WebhookNow                                                               string
	// Beside is said where another process holds the store; WaitingF of an inbox
	// whose network takes nothing now, PausedF of one that takes nothing until
	// somebody acts, TryingF of one that the next message tries again.
	// LongUnsureF is of the unsure ones and of those that have been so for long.
	Beside, WaitingF, PausedF, TryingF string
	// AilsF: the inbox, what the network warns of, its word.
	AilsF                                      string
	LongUnsureF                                string
	QueuedF, HeldF, SendingF, UnsureF, FailedF string
	UnpublishedF, QuarantinedF, AsideF         string
	// CopiedF is said of a folder that a program copies to other machines.
	CopiedF string
	// UnkeptF counts the texts that the store did not take.
	UnkeptF string
	// Stopped is said once nothing more is kept or carried out.
	Stopped string
}

// Did are the sentences that say what an action did, and why one did not.
type Did struct {
	ResolvedF, ReopenedF, AssignedF, UnassignedF, UnreadF, ReadF string
	UndoneF, UndoHint, NothingToUndo, CopiedF, CopyNothing       string
	ExportedF, NotExportedF, NoExport, Exporting                 string
	NoConversation, NotResolved, NothingFailed, NothingQueued    string
	FailedSettled                                                string
	// SelectedFine is said of a selected message that R is not for; the next two
	// of one that somebody else decides over: who. FurtherUp, where an older page
	// has it.
	SelectedFine, SelectedTheirsF, TheirsF, FurtherUp string
	// HitF: which of how many hits; the others, where there is none to go to.
	HitF, NothingFound, FirstHit, LastHit string
	// SelectedWent is said of a selected message that D is not for.
	SelectedWent        string
	NoteSaved, LinkNone string
	// Mouse is said of the mouse when it was turned on or off.
	Mouse func(on bool) string
	// LinkedF and UnlinkedF: whose conversation, to what.
	LinkedF, UnlinkedF string
	// What is said when a person has a paused inbox tried again.
	Trying, NothingPaused string
	// What is said before an address is opened, and after.
	OpenTitle, OpenYes, OpenNo, LeadsToF, OpenedF, NoLink, CannotOpen string
	// What became of a text that was given to the agent's own editor.
	NoEditor, EditorFailed, EditedElsewhere string
	// IsFileF is said of a message that is a file: how it is saved.
	IsFileF                                                 string
	LinkUser, LinkForeign, LinkPlain                        string
	Discarded, Released, Retried, MarkedSent, NoMoreNeeding string
	WindowClosedF, WindowNever, NoTemplates                 string
	PanicF, ReadFailedF, WriteFailedF, NotFound, Erased     string
	// Of what the store did not take: a full disk, one that failed, one after
	// which nothing more is kept, and a damaged store; and of a typed text then.
	DiskFull, DiskFailed, DiskStopped, StoreDamaged, ReadDamaged Said
	TypedStays                                                   string
	UnsentQuitTitle, UnsentQuitF                                 string
	// Asked where the program would end with texts that are not on disk.
	UnkeptQuitTitle, UnkeptQuitF, UnkeptQuitDo, LoseIt string
	// GoPrompt names the keys after a first one, with as many of their words as fit;
	// GoWords are these words, by the command, where its name is too long.
	GoPrompt  func(begin string, after []Hint, fits func(string) bool) string
	GoWords   map[string]string
	Described string
	// FollowingF and UnfollowedF: whose conversation. MentionedF: who, whose
	// conversation, what the note says.
	FollowingF, UnfollowedF, MentionedF string
	// LocaleF takes the setting of the locale without UTF-8, or LocaleUnset.
	LocaleF, LocaleUnset string
	// Theme is said of a theme that was chosen, ThemeNoColours where the terminal shows none.
	Theme          func(name, choice string) string
	ThemeNoColours string
	// Available is said of what this agent told the team of themselves; ReadOnly of a
	// key that would change something.
	Available map[event.Availability]string
	ReadOnly  string
	// ToTeamF: who, which team. OffTeamF: who. IsGoneF is said of somebody, or a team,
	// that was removed meanwhile. NoTeamOfMine and QueueEmpty: why nothing is claimed.
	ToTeamF, OffTeamF, IsGoneF, NoTeamOfMine, QueueEmpty string

	QuitAnyway, Stay string
	// SnoozedF: who, until when. LabeledF: who, the labels. PrioritizedF: who, how.
	// NotedF: how many.
	SnoozedF, SnoozedReplyF, LabeledF, UnlabeledF, PrioritizedF, UnprioritizedF, NotedF string
	// NothingToDo is said where an action changes none of what is selected.
	NothingToDo, ResolvedAlready string
	// SelectedF counts; SelectedMostF is said where a view holds more.
	SelectedF, SelectedMostF string
	// SomeRefusedF: how many, of how many, why.
	SomeRefusedF string
	// NotUndone says how many of how many were not taken back, and why. Since says who
	// changed it after this agent, by the kind of the fact.
	NotUndone                                                       func(n, of int, why string) string
	Since                                                           func(who, kind string) string
	NoSavedF, ViewSavedF, ViewRemovedF, LabelRemovedF, NotRemovable string
	// RefusedF is said of an action that was taken back: whose conversation, and
	// why.
	RefusedF                                                string
	SomebodyElse, LandedF, LandedDo, SendToo, BackToWriting string
}

// Undoable adds to what was done how it is taken back.
func (d *Did) Undoable(said string) string {
	if d.UndoHint == "" {
		return said
	}
	return said + " · " + d.UndoHint
}

// Command is a command's words: what the palette and the help call it.
type Command struct{ Name, Help string }

// Modes are the words of the mode chip and of the keys beside it.
type Modes struct {
	Triage, Write                    string
	Move, Reply, Resolve, Everything string
	Help, Back, ToTriage, Open       string
	Scroll, Reopen, Template         string
	// Selected follows how many are; the rest is what keys do to them.
	Selected, Clear, Snooze, Assign, Label string
}

// HelpTitles are the places and the groups of the help.
type HelpTitles struct {
	List, Thread, Contact string
	Move, Act, Go, Write  string
}
