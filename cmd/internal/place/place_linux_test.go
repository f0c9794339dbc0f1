package place

import "testing"

const mounts = `22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
23 22 0:20 / /proc rw - proc proc rw
40 22 0:45 / /home rw shared:2 - nfs4 server:/home rw,vers=4.2
41 40 254:1 / /home/ana/local rw - ext4 /dev/vdb rw
42 22 0:46 / /mnt/front\040office rw - cifs //server/office rw
43 22 0:47 / /srv/box rw master:3 - fuse.sshfs ana@server:/box rw
44 22 0:48 / /srv/plain rw - fuse.gocryptfs x rw
45 22 254:2 / /srv/twice rw - nfs server:/twice rw
46 45 254:2 / /srv/twice rw - ext4 /dev/vdc rw
damaged line
`

func TestMountedAs(t *testing.T) {
	for _, c := range []struct {
		dir, kind string
		refused   bool
	}{
		{"/var/lib/webhookrelay", "ext4", false},
		{"/home/ana/.config/frontdesk", "nfs4", true},
		{"/home/ana/local/frontdesk", "ext4", false},
		{"/homework", "ext4", false},
		{"/mnt/front office/desk", "cifs", true},
		{"/srv/box", "fuse.sshfs", true},
		{"/srv/plain/x", "fuse.gocryptfs", false},
		{"/srv/twice/x", "ext4", false},
	} {
		kind := mountedAs(mounts, c.dir)
		if kind != c.kind || overNetwork[kind] != c.refused {
			t.Errorf("%s is on %q (refused: %v), want %q (%v)", c.dir, kind, overNetwork[kind], c.kind, c.refused)
		}
	}
}
