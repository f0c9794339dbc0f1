package main

// picks has the agent choose a template in the picker and fill it in. In the end it
// stands in the thread as the customer gets it.
func picks(name string, values []string, shown string, want example) act {
	return act{"picks " + name, func(s *stage) {
		s.due++
		s.hasTemplates()
		s.screen.Press("t")
		s.reads("Send a template")
		s.screen.Type(name)
		s.reads("1 of ")
		s.screen.Press("enter")
		for _, v := range values {
			s.screen.Type(v)
			s.screen.Press("enter")
		}
		if len(values) == 0 {
			s.reads("Enter send")
			s.screen.Press("enter")
		}
		s.stands(shown, s.story.accepted())
		s.wants(want)
	}}
}

// namesTemplate has the agent name a template that no list has, line by line; an empty line
// is left as it is. Its wording is not known, and is not shown.
func namesTemplate(lines []string, shown string, want example) act {
	return act{"names " + lines[0], func(s *stage) {
		s.due++
		s.screen.Press("t")
		s.reads("Name a template")
		for _, typed := range lines {
			s.screen.Type(typed)
			s.screen.Press("enter")
		}
		s.stands(shown, s.story.accepted())
		s.wants(want)
	}}
}

func (s *stage) hasTemplates() {
	s.t.Helper()
	until(s.t, s.store, "the templates are here", func() bool {
		list, err := s.store.Templates(s.t.Context(), storyAccount)
		return err == nil && len(list.Templates) > 0
	})
}
