package main

import (
	"frontdesk/provider"
	"frontdesk/provider/all"
)

// networkCapabilities is what a network allows, whatever driver carries it.
func networkCapabilities(network provider.Network) *provider.Capabilities {
	return all.Capabilities(network)
}

// windowRule is the store's question: how long free text may go.
func windowRule(network provider.Network) provider.WindowRule {
	return networkCapabilities(network).Window
}
