// Package place judges the folder that a store or a log is to live in: whether
// its disk is this machine's own, and whether a program copies it elsewhere. It
// changes nothing, and knows nothing of what the folder holds.
package place

import (
	"os"
	"path/filepath"
	"strings"
)

// Remote names the network file system that dir is on, or "" where there is none
// or nobody can tell. A folder that is not there yet is where its nearest parent
// is. SQLite's write-ahead log needs memory that all its readers share, which no
// network file system gives (https://sqlite.org/wal.html, section 1).
func Remote(dir string) string {
	for {
		real, err := filepath.EvalSymlinks(dir)
		if err == nil {
			return remote(real)
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

// overNetwork are the names that systems give to file systems of other machines.
var overNetwork = map[string]bool{
	"nfs": true, "nfs4": true, "cifs": true, "smb3": true, "smbfs": true, "smb2": true, "afs": true, "afpfs": true,
	"ncpfs": true, "coda": true, "ceph": true, "glusterfs": true, "lustre": true, "webdav": true, "davfs": true,
	"fuse.sshfs": true, "fuse.rclone": true, "fuse.davfs2": true, "fuse.glusterfs": true, "fuse.ceph": true,
	"fuse.s3fs": true, "fuse.gcsfuse": true, "fuse.curlftpfs": true, "fuse.smbnetfs": true, "macfuse.sshfs": true,
}

// syncedNames are folders that programs give their own name, in lower case.
var syncedNames = map[string]string{
	"dropbox": "Dropbox", "onedrive": "OneDrive", "google drive": "Google Drive", "googledrive": "Google Drive",
	"my drive": "Google Drive", "mobile documents": "iCloud Drive", "icloud drive": "iCloud Drive",
	"icloud~com~apple~clouddocs": "iCloud Drive", "cloudstorage": "a cloud drive", "nextcloud": "Nextcloud",
	"owncloud": "ownCloud", "pcloud drive": "pCloud", "megasync": "MEGA", "seafile": "Seafile",
}

// syncedMarks are what such a program leaves at the top of a folder of any name.
var syncedMarks = map[string]string{".stfolder": "Syncthing", ".dropbox": "Dropbox", ".dropbox.cache": "Dropbox"}

// Synced names the program that copies dir to other machines, or "" where none
// is known. Such a program copies a database's files one by one, at different
// moments, and puts older ones back.
func Synced(dir string) string {
	for {
		name := strings.ToLower(filepath.Base(dir))
		if who, ok := syncedNames[name]; ok {
			return who
		}
		if strings.HasPrefix(name, "onedrive - ") {
			return "OneDrive"
		}
		for mark, who := range syncedMarks {
			if _, err := os.Lstat(filepath.Join(dir, mark)); err == nil {
				return who
			}
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}
