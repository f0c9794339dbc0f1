package provider

import (
	"context"
	"io"
)

// MediaOpener opens the file of a message, as the network holds it now.
type MediaOpener interface {
	// OpenMedia begins to fetch a file by the network's id of it. The body is
	// bounded in size and time and ends with io.EOF only where the file is whole.
	// The error is an *Error; Reason MediaRejected says that the network no longer
	// has the file.
	OpenMedia(context.Context, MediaID) (*MediaFile, error)
}

// MediaFile is a file on its way. The caller closes Body.
type MediaFile struct {
	Body io.ReadCloser
	// MIME is what the network says it is, to be believed by nobody.
	MIME string
	// SHA256 is lower-case hex; empty where the network does not say.
	SHA256 string
	// Size in bytes; -1 where the network does not say.
	Size int64
}
