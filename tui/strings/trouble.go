package strings

import (
	"fmt"
	"slices"
	"strings"

	"frontdesk/provider"
)

// Trouble is plain words for everything that is refused: what happened, and
// what to do.
type Trouble struct {
	// Refused is for the judge's answer; at is when the window closed, from
	// Time.At.
	Refused func(r *provider.Refusal, at string) Said
	// Problem is for what a network would refuse in a template; field is the
	// variable's name.
	Problem func(p provider.Problem, field, status string) Said
	// Failed is for a network's or driver's own answer.
	Failed func(provider.Reason) Said
}

func englishTrouble(keys Keys) Trouble {
	return Trouble{Refused: keys.refused, Problem: problem, Failed: keys.failed}
}

// Apart splits plain words that have both parts: what happened, then what to do.
func Apart(text string) Said {
	happened, do, both := strings.Cut(text, ". ")
	if !both {
		return Said{Happened: text}
	}
	return Said{happened + ".", do}
}

func refused(r *provider.Refusal, at string) Said {
	switch r.Reason {
	case provider.RefusedWindow:
		return refusedWindow(r, at)
	case provider.RefusedKind:
		return Said{"This chat takes no " + r.Part + ".", "Say it another way."}
	case provider.RefusedEmpty:
		return Said{"There is no " + r.Part + " yet.", "Fill it in first."}
	case provider.RefusedLength:
		return refusedLength(r)
	case provider.RefusedMIME:
		return refusedType(r)
	case provider.RefusedSize:
		return Said{fmt.Sprintf("This %s is %s; the most is %s.", r.Part, size(r.Got), size(r.Limit)), "Make it smaller."}
	case provider.RefusedValue:
		return Said{"The value of " + r.Part + " would be refused.", "No line breaks, no tabs, at most four spaces in a row."}
	case provider.RefusedReplyTo:
		return Said{"This chat cannot quote a message.", "Send it without the quote."}
	case provider.RefusedLink:
		return Said{"This inbox sends on behalf of a " + r.Part + " alone, and this conversation is linked to none.", "Link it to its " + r.Part + " first."}
	case provider.RefusedNumber:
		return Said{"A code to sign in with goes to a telephone number alone, and this chat goes by a user id.", "Write to their number, or send another template."}
	case provider.RefusedStandby:
		return Said{"Another program of this account has the conversation and is to answer.", "Send a template, or wait until it gives the conversation back and the customer writes."}
	case provider.RefusedPast:
		return Said{"The offer in this template has ended.", "Choose the template again and give a later end."}
	case provider.RefusedAt:
		return Said{"This network sends nothing later by itself.", "Send it now."}
	}
	if r.Unwanted() {
		return refusedByPerson(r, at)
	}
	return Said{"The rules of this network refuse it (" + string(r.Reason) + ").", "Change it and try again."}
}

func refusedType(r *provider.Refusal) Said {
	s := Said{"The network does not take this type of " + r.Part + ".", "Convert it, or send it as a document."}
	if r.Part == string(provider.Document) {
		s.Do = "Save it as another type."
	}
	return s
}

// refusedByPerson is for what the customer, or the team, does not want. at is
// since when.
func refusedByPerson(r *provider.Refusal, at string) Said {
	switch r.Reason {
	case provider.RefusedBlocked:
		return Said{"The team blocked this contact, so nothing goes to them.", "Unblock them first."}
	case provider.RefusedMarketing:
		return Said{"They asked for no more marketing " + at + ".", "Send what is not marketing."}
	}
	return Said{"They asked for no more messages " + at + ".", "Wait for their START, or note that they told you otherwise."}
}

func refusedWindow(r *provider.Refusal, at string) Said {
	s := Said{"The window closed " + at + ".", "Wait for the customer to write."}
	if r.Since.IsZero() {
		s.Happened = "The customer has not written yet, so no free text may go."
	}
	if r.Outside == provider.TemplatesOnly {
		s.Do = "Send a template."
	}
	return s
}

func refusedLength(r *provider.Refusal) Said {
	over := r.Got - r.Limit
	return Said{
		fmt.Sprintf("%d %s over the limit of %d.", over, unit(r.Unit, over), r.Limit),
		"Shorten it; Enter does not send.",
	}
}

func problem(p provider.Problem, field, status string) Said {
	switch p.Reason {
	case provider.ProblemStatus:
		return Said{"This template is " + status + ".", "Choose another one."}
	case provider.ProblemMissing:
		return Said{field + " is empty.", "Fill it in."}
	case provider.ProblemBreak:
		return Said{field + " has a line break.", "Values are one line."}
	case provider.ProblemTab:
		return Said{field + " has a tab.", "Use a space."}
	case provider.ProblemSpaces:
		return Said{field + " has more than four spaces in a row.", "Take some out."}
	case provider.ProblemForm:
		return problemForm(p, field)
	case provider.ProblemLanguage, provider.ProblemName:
		return problemName(p)
	case provider.ProblemPast:
		return Said{"The offer would be over already.", "Give a later end."}
	case provider.ProblemLong:
		if p.Field != string(provider.PartBody) {
			return Said{fmt.Sprintf("%s has %d characters; the most is %d.", field, p.Got, p.Limit), "Shorten it."}
		}
		return Said{fmt.Sprintf("The message has %d characters; the most is %d.", p.Got, p.Limit), "Shorten a value."}
	case provider.ProblemMedia, provider.ProblemLink, provider.ProblemType, provider.ProblemSize:
		return problemFile(p, field)
	case provider.ProblemParts:
		return Said{"This template has parts frontdesk cannot fill.", "Choose another one."}
	case provider.ProblemExtra:
		return Said{"There is no variable " + field + ".", "Take its value out."}
	}
	return Said{field + " would be refused (" + string(p.Reason) + ").", "Change it."}
}

// problemForm says how the variable is written.
func problemForm(p provider.Problem, field string) Said {
	switch p.Form {
	case provider.FormPlace:
		return Said{field + " is no number of degrees on earth.", "Write it like 52.5163; south and west have a minus."}
	case provider.FormUntil:
		return Said{field + " is no instant that is understood.", "Write it like 2026-12-24 18:00 +01:00, or in the inbox like tomorrow 18:00."}
	case provider.FormMoney:
		return Said{field + " is no amount with its currency.", "Write it like 12.50 EUR."}
	case provider.FormFlow:
		return Said{field + " is no JSON object.", `Write it like {"room":"12"}, or leave it empty.`}
	}
	return Said{field + " is not written as it has to be.", "Write it like the example."}
}

// problemName is of a template in a list, or of one that a person has named.
func problemName(p provider.Problem) Said {
	switch {
	case p.Reason == provider.ProblemName:
		return Said{"No template is called so.", "Write small letters, digits and underscores."}
	case p.Field != "":
		return Said{"That is no language's code.", "Write it like en or pt_BR."}
	}
	return Said{"This template names no language.", "Choose another one."}
}

func problemFile(p provider.Problem, field string) Said {
	switch p.Reason {
	case provider.ProblemLink:
		return Said{"The " + field + " has no address that a network could fetch.", "Give one that begins with https://."}
	case provider.ProblemType:
		return Said{"The network takes no such file as " + field + ".", "It takes " + fileTypes(p.Types) + "."}
	case provider.ProblemSize:
		return Said{fmt.Sprintf("The %s is %s; the most is %s.", field, size(p.Got), size(p.Limit)), "Make it smaller."}
	}
	return Said{"The " + field + " is missing.", "Give a link to it."}
}

// fileTypes names MIME types as people do: "JPEG or PNG". Those of offices' programs
// are told together.
func fileTypes(types []string) string {
	var names []string
	for _, t := range types {
		_, name, _ := strings.Cut(t, "/")
		if strings.ContainsAny(name, ".-") || name == "msword" {
			name = "office files"
		} else {
			name = strings.ToUpper(name)
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}

func failed(r provider.Reason) Said {
	switch r {
	case provider.Unreachable:
		return Said{"The network could not be reached.", "It is tried again by itself."}
	case provider.Unavailable:
		return Said{"The network is out of order.", "Try again later."}
	case provider.NoAnswer:
		return Said{"No clear answer came back: it may have been sent.", "Decide what became of it."}
	case provider.RateLimited:
		return Said{"The account sends too fast.", "It is tried again by itself."}
	case provider.PairLimited:
		return Said{"Too many messages to this customer in a short time.", "It is tried again by itself."}
	case provider.WindowClosed:
		return Said{"The window has closed.", "Send a template."}
	case provider.Undeliverable:
		return Said{"This customer cannot be reached on this network.", "Check the number, or use another way."}
	case provider.OptedOut:
		return Said{"The customer asked not to get this.", "Do not send it again; wait for them to write."}
	case provider.Blocked:
		return Said{"We blocked this customer.", "Unblock them first."}
	}
	return failedMessage(r)
}

func failedMessage(r provider.Reason) Said {
	switch r {
	case provider.TemplateMissing:
		return Said{"There is no such approved template in that language.", "Choose another template or language."}
	case provider.TemplatePaused:
		return Said{"The network paused this template.", "Choose another one."}
	case provider.TemplateParams:
		return Said{"The values do not fit the template.", "Open it again and correct them."}
	case provider.Invalid:
		return Said{"The network did not accept the message as it is.", "Edit it and try again."}
	case provider.TooLong:
		return Said{"The message is too long for the network.", "Shorten it."}
	case provider.MediaRejected:
		return Said{"The network did not take the file.", "Check its type and size."}
	case provider.NotSupported:
		return Said{"This cannot be sent on this network.", "Say it another way."}
	case provider.Withheld:
		return Said{"The network chose not to deliver it.", "Sending it again does not help; wait for the customer to write."}
	case provider.Overtaken:
		return Said{"A colleague answered before it left.", "Sent again, the customer gets both."}
	case provider.Duplicate:
		return Said{"The network says that it has this message already.", "Nothing is to be done."}
	}
	return failedAccount(r)
}

func failedAccount(r provider.Reason) Said {
	switch r {
	case provider.Token:
		return Said{"The account's access token is no longer valid.", "An administrator must renew it; the queue is kept."}
	case provider.Permission:
		return Said{"The account's token may not do this.", "An administrator must give it the permission; the queue is kept."}
	case provider.Restricted:
		return Said{"The network restricted the account.", "An administrator must look at it there; the queue is kept."}
	}
	return Said{"The network refused it.", "Its code is in the details."}
}
