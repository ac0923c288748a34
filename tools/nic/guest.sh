#!/usr/bin/env bash
# Makes what the guest of test.sh boots: guest.sh FOLDER leaves a kernel and an
# initramfs in FOLDER, from Debian's packages and bin/. A kernel that is there
# stays.
set -euo pipefail

mkdir -p "$1"
dir=$(readlink -f "$1")
here=$(dirname "$(readlink -f "$0")")
bin=$(readlink -f "$here/../../bin")
libs=/usr/lib/x86_64-linux-gnu
root=$dir/root

# The kernel of Debian's generic image: it has the modules of the NICs, so that
# the guest can take the NIC from a kernel driver and give it back.
kernel() {
	[ -d "$dir/kernel/boot" ] && return
	apt-cache show linux-image-amd64 >/dev/null 2>&1 || apt-get -q update
	package=$(apt-cache depends linux-image-amd64 | sed -n 's/.*Depends: \(linux-image-[0-9].*\)/\1/p' | head -n 1)
	(cd "$dir" && rm -rf kernel linux-image-*.deb && apt-get -q download "$package" && dpkg -x linux-image-*.deb kernel.new && mv kernel.new kernel)
}

# add FILE... copies files of this machine, and the libraries that they load.
add() {
	for file in "$@"; do
		mkdir -p "$root$(dirname "$file")"
		cp -L "$file" "$root$file"
		libraries "$file"
	done
}

# libraries FILE copies the libraries that the file loads.
libraries() {
	{ ldd "$1" 2>/dev/null || true; } | sed -n 's/^[^/]*\(\/[^ ]*\) (0x.*/\1/p' | while read -r lib; do
		mkdir -p "$root$(dirname "$lib")"
		cp -L -n "$lib" "$root$lib"
	done
}

# DPDK's drivers are found in one folder. They are links there, as they must
# stay: DPDK would load a copy a second time.
drivers() {
	pmds=$(dirname "$(find $libs/dpdk -name librte_net_e1000.so | head -n 1)")
	mkdir -p "$root$pmds"
	for lib in bus_pci bus_vdev mempool_ring net_e1000 net_virtio net_tap; do
		add "$pmds/librte_$lib.so.23.0" "$libs/librte_$lib.so.23"
		rm "$root$libs/librte_$lib.so.23"
		cp -a "$pmds/librte_$lib".so* "$root$pmds/"
		cp -a "$libs/librte_$lib".so* "$root$libs/"
	done
	add $libs/libgcc_s.so.1 # loaded when a thread ends
}

# dpdk-devbind.py wants Python, and lspci.
devbind() {
	add /usr/bin/python3 /usr/bin/lspci /usr/bin/dpdk-devbind.py
	/usr/bin/python3 -c '
import sys, runpy, encodings.idna
sys.argv = ["dpdk-devbind.py", "--help"]
try: runpy.run_path("/usr/bin/dpdk-devbind.py", run_name="__main__")
except SystemExit: pass
for m in list(sys.modules.values()):
    if getattr(m, "__file__", None): print(m.__file__, file=sys.stderr)
' 2>&1 >/dev/null | grep '^/usr/' | sort -u | while read -r file; do add "$file"; done
}

modules() {
	version=$(ls "$dir/kernel/lib/modules")
	depmod -b "$dir/kernel" "$version"
	for module in e1000 e1000e vfio-pci uio_pci_generic tun vhost_net sch_multiq sch_ingress cls_flower cls_bpf act_mirred act_skbedit act_gact act_bpf; do
		modprobe -d "$dir/kernel" -S "$version" --show-depends $module
	done | sed -n 's/^insmod \(.*[^ ]\) *$/\1/p' | sort -u | while read -r file; do
		to=$root/${file#"$dir/kernel/"}
		mkdir -p "$(dirname "$to")"
		cp "$file" "$to"
	done
	cp "$dir"/kernel/lib/modules/"$version"/modules.{builtin,builtin.modinfo,order} "$root/lib/modules/$version/"
	depmod -b "$root" "$version"
}

for tool in qemu-system-x86_64 busybox cpio depmod lspci dpdk-devbind.py dnsperf ping tc; do
	command -v $tool >/dev/null || { echo "test-nic: there is no $tool here: install the packages that the Makefile calls NIC_PACKAGES" >&2; exit 1; }
done
kernel
cp -L "$dir"/kernel/boot/vmlinuz-* "$dir/vmlinuz"
rm -rf "$root"
mkdir -p "$root"/{bin,dev,proc,sys,tmp,run,etc,usr/bin,usr/share/misc,dev/hugepages}
mkdir -p "$root$libs" "$root/lib64" "$root/var"
ln -s ../run "$root/var/run"
ln -s usr/lib "$root/lib"
ln -s bin "$root/sbin"
cp /bin/busybox "$root/bin/busybox"
"$root/bin/busybox" --list | grep -vx -e busybox -e lspci -e tc | while read -r name; do ln -sf busybox "$root/bin/$name"; done
cp "$bin"/{dataplane,control,skydns-apicmd} "$root/bin/"
libraries "$bin/dataplane"
drivers
devbind
add /sbin/tc
modules
cp "$here/skydns.toml" "$root/etc/skydns.toml"
install -m 755 "$here/init.sh" "$root/init"
(cd "$root" && find . | cpio -o -H newc --quiet) >"$dir/initramfs"
