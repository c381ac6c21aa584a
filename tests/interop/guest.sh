#!/bin/sh
# guest.sh SIMRUN: a Linux guest mounts what `simrun serve` serves, and works on it (Debian; qemu-system-x86, cpio, kmod, a
# compiler with a static C library, and the generic kernel package, which is downloaded but not installed).
# KERNEL_DEB names a package that is already here. Exit 0, 1 at a failure, 77 when something is missing.
set -eu

simrun=$1
here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/sbin:/usr/sbin
for tool in qemu-system-x86_64 cpio xz depmod dpkg-deb cc apt-get; do
    command -v $tool >/dev/null || { echo "no $tool here"; exit 77; }
done

tmp=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || :
    wait 2>/dev/null || :
    rm -rf "$tmp"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM
fail() { echo "FAIL: $*"; exit 1; }

# ------------------------------------------------------------------------------- the guest

chmod 755 "$tmp"
if [ -n "${KERNEL_DEB:-}" ]; then
    cp "$KERNEL_DEB" "$tmp/kernel.deb"
else
    package=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-.*\)/\1/p' | head -1)
    [ -n "$package" ] || { echo "no kernel package known"; exit 77; }
    (cd "$tmp" && apt-get download -q "$package" >download.log 2>&1) || { echo "no kernel package"; exit 77; }
    mv "$tmp"/linux-image*.deb "$tmp/kernel.deb"
fi
dpkg-deb -x "$tmp/kernel.deb" "$tmp/kernel"
vmlinuz=$(ls "$tmp"/kernel/boot/vmlinuz-*)
version=${vmlinuz##*/vmlinuz-}
depmod -b "$tmp/kernel" "$version"
modules=$tmp/kernel/lib/modules/$version
mkdir -p "$tmp/root/lib"
: >"$tmp/root/modules"

# A module's dependencies before itself, each once.
add_module() { # PATH below $modules
    for one in $(sed -n "s|^$1: *||p" "$modules/modules.dep" | tr ' ' '\n' | tac) "$1"; do
        plain=/lib/$(basename "$one" | sed 's/\.xz$//')
        grep -qx "$plain" "$tmp/root/modules" && continue
        case $one in
        *.xz) xz -dc "$modules/$one" >"$tmp/root$plain" ;;
        *) cp "$modules/$one" "$tmp/root$plain" ;;
        esac
        echo "$plain" >>"$tmp/root/modules"
    done
}
for name in virtio_pci virtio_console 9pnet_fd 9p; do
    path=$(sed -n "s|^\(kernel/.*/$name\.ko[^:]*\):.*|\1|p" "$modules/modules.dep")
    [ -z "$path" ] || add_module "$path" # or it is built in
done
cc -static -O1 -D_GNU_SOURCE -Wall -Wextra -o "$tmp/root/init" "$here/guest_init.c"
(cd "$tmp/root" && find . | cpio -o -H newc --quiet | gzip -1) >"$tmp/initrd.gz"

# ------------------------------------------------------------------------------ the server

tree=$tmp/tree
mkdir -p "$tree/dir/sub" "$tmp/outside"
printf 'hello\n' >"$tree/file"
printf 'deep\n' >"$tree/dir/sub/deep"
printf 'outside\n' >"$tmp/outside/secret"
ln -s ../outside "$tree/escape"
mkfifo "$tree/fifo"
"$simrun" serve --writable --listen "$tmp/sock" "$tree" >"$tmp/serve.out" 2>&1 &
server=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ ! -S "$tmp/sock" ] || break
    sleep 0.3
done

# --------------------------------------------------------------------------------- the work

began=$(date +%s)
timeout 180 qemu-system-x86_64 -accel tcg,thread=multi -cpu max -nodefaults -no-user-config -m 256 -display none \
    -serial stdio -no-reboot -kernel "$vmlinuz" -initrd "$tmp/initrd.gz" \
    -append "console=ttyS0 quiet panic=-1" -device virtio-serial-pci -chardev "socket,id=c0,path=$tmp/sock" \
    -device virtserialport,chardev=c0,name=p9,nr=1 </dev/null >"$tmp/guest.out" 2>&1 || fail "qemu ended with $?"
seconds=$(($(date +%s) - began))
tr -d '\r' <"$tmp/guest.out" >"$tmp/guest.txt"
if ! grep -q '^done [0-9]* operations, 0 failures' "$tmp/guest.txt"; then
    grep -v '^ok ' "$tmp/guest.txt" | tail -40
    fail "the guest"
fi

# --------------------------------------------------- what the guest did is what the host has

[ "$(ls "$tree" | tr '\n' ' ')" = "dir escape fifo file moved newer " ] || fail "names: $(ls "$tree")"
[ "$(cat "$tree/newer/a")" = new ] || fail "content"
[ "$(stat -c '%a %u:%g %Y' "$tree/newer/a" | cut -d' ' -f1-2)" = "711 7:8" ] || fail "attributes: $(stat "$tree/newer/a")"
[ "$(cat "$tmp/outside/secret")" = outside ] || fail "the outside was reached"
kill -TERM "$server"
wait "$server" || fail "serve ended with $?"
server=
echo "Linux $version: $(sed -n 's/^done //p' "$tmp/guest.txt"), $seconds s"
