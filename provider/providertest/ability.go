package providertest

import (
	"testing"

	"frontdesk/provider"
)

// abilities reports which optional interfaces a provider implements.
func abilities(p provider.Provider) map[provider.Ability]bool {
	_, opens := p.(provider.MediaOpener)
	_, uploads := p.(provider.MediaUploader)
	_, submits := p.(provider.TemplateSubmitter)
	_, changes := p.(provider.TemplateEditor)
	_, drops := p.(provider.TemplateDeleter)
	_, samples := p.(provider.TemplateSampler)
	_, edits := p.(provider.Editor)
	_, deletes := p.(provider.Deleter)
	_, blocks := p.(provider.Blocker)
	_, asks := p.(provider.StatusPoller)
	_, reads := p.(provider.HistoryPoller)
	_, polls := p.(provider.Poller)
	_, finds := p.(provider.Finder)
	_, resolves := p.(provider.Resolver)
	_, health := p.(provider.HealthReader)
	_, searches := p.(provider.HistorySearcher)
	_, counts := p.(provider.FigureReader)
	_, windows := p.(provider.WindowReader)
	_, hooks := p.(provider.HookSetter)
	_, many := p.(provider.ManySender)
	_, batches := p.(provider.BatchSender)
	return map[provider.Ability]bool{
		provider.CanOpenMedia: opens, provider.CanUploadMedia: uploads,
		provider.CanSubmitTemplate: submits, provider.CanEditTemplate: changes, provider.CanDeleteTemplate: drops,
		provider.CanSampleTemplate: samples,
		provider.CanEdit:           edits, provider.CanDelete: deletes, provider.CanBlock: blocks,
		provider.CanPollStatus: asks, provider.CanReadHistory: reads, provider.CanPoll: polls, provider.CanFindSent: finds,
		provider.CanResolve: resolves, provider.CanReadHealth: health, provider.CanSearchHistory: searches,
		provider.CanReadFigures: counts, provider.CanReadWindow: windows, provider.CanSetHook: hooks, provider.CanSendMany: many,
		provider.CanSendBatch: batches,
	}
}

// able: the table names exactly what the driver can do.
func able(t *testing.T, p provider.Provider, table *provider.Capabilities) {
	t.Helper()
	_, calls := p.(provider.Caller) // what another can do, by its table
	_, reads := p.(provider.ReadMarker)
	_, types := p.(provider.Typer)
	_, lists := p.(provider.TemplateLister)
	for name, c := range map[string]struct {
		level provider.Level
		has   bool
	}{"ReadMarker": {table.ReadMark, reads}, "Typer": {table.Typing, types}, "TemplateLister": {table.TemplateList, lists}} {
		if (c.level > provider.Absent) != c.has && (!calls || name == "TemplateLister") {
			t.Errorf("%s: the table says %d, implemented %v", name, c.level, c.has)
		}
	}
	if _, attaches := p.(provider.FileSender); (len(table.Attached) > 0) != attaches {
		t.Errorf("FileSender: the table has %d kinds, implemented %v", len(table.Attached), attaches)
	}
	has := abilities(p)
	for ability := range table.Can {
		if _, known := has[ability]; !known && ability != provider.CanSchedule {
			t.Errorf("the table names an ability that nobody knows: %q", ability)
		}
	}
	for ability, can := range has {
		if calls && relayed(ability) {
			continue
		}
		if (table.Can[ability] > provider.Absent) != can {
			t.Errorf("%s: the table says %d, implemented %v", ability, table.Can[ability], can)
		}
	}
}

// relayed reports what a provider.Caller has made for it.
func relayed(a provider.Ability) bool {
	switch a {
	case provider.CanReadHistory, provider.CanSearchHistory, provider.CanReadFigures, provider.CanReadWindow, provider.CanSendBatch:
		return true
	}
	return false
}
