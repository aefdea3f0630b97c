# What programs in Python do over SFTP. Arguments: port, user, password. Says "done" at the end.
import io
import sys

import paramiko

transport = paramiko.Transport(("127.0.0.1", int(sys.argv[1])))
transport.connect(username=sys.argv[2], password=sys.argv[3])
sftp = paramiko.SFTPClient.from_transport(transport)
assert sftp.normalize(".") == "/"
data = bytes(range(256)) * 8192

sftp.putfo(io.BytesIO(data), "/files/a.bin")  # looks at the size afterwards
back = io.BytesIO()
sftp.getfo("/files/a.bin", back)
assert back.getvalue() == data

with sftp.open("/files/a.bin", "r+") as f:
    f.seek(1000)
    f.write(b"XYZ")
    f.seek(999)
    assert f.read(5) == data[999:1000] + b"XYZ" + data[1003:1004]
for line in "one\n", "two\n":
    with sftp.open("/files/log", "a") as f:
        f.write(line)
with sftp.open("/files/log") as f:
    assert f.read() == b"one\ntwo\n"
sftp.truncate("/files/log", 3)
sftp.utime("/files/log", (1e9, 1e9))
sftp.chmod("/files/log", 0o600)
assert (sftp.stat("/files/log").st_size, sftp.stat("/files/log").st_mtime) == (3, 10**9)

with sftp.open("/files/piped", "w") as f:  # hundreds of packets without looking at an answer
    f.set_pipelined(True)
    for _ in range(500):
        f.write(b"z" * 32768)
assert sftp.stat("/files/piped").st_size == 500 * 32768
with sftp.open("/files/fresh", "wx") as f:
    f.write(b"new")

sftp.mkdir("/files/d")
sftp.rename("/files/log", "/files/d/log")


def refused(what, *args):
    try:
        what(*args)
    except IOError:
        return
    raise AssertionError(what.__name__ + " was not refused")


refused(sftp.rmdir, "/files/d")
refused(sftp.remove, "/files/d")
refused(sftp.open, "/files/fresh", "wx")
refused(sftp.open, "/files/none")
refused(sftp.rename, "/files/fresh", "/files/d/log")
refused(sftp.symlink, "/etc/passwd", "/files/l")
refused(sftp.open, "/../../etc/passwd")
sftp.posix_rename("/files/fresh", "/files/d/log")
sftp.remove("/files/d/log")
sftp.rmdir("/files/d")
assert sorted(sftp.listdir("/files")) == ["a.bin", "inbox", "piped", "private"]
transport.close()
print("done")
