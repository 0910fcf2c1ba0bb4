# A Debian 12 machine with a real systemd and journal in namespaces of its own, for tests of the service as it is
# installed. Needs root, systemd-nspawn and mmdebstrap. Nothing that happens in it is kept.

tree=$project/.build/machine
machine=
guest_packages=systemd,systemd-sysv,libpam-systemd,dbus,libpng16-16,libjpeg62-turbo,liblcms2-2,libheif1,libwebp7,libwebpmux3,libtiff6,libyaml-0-2,libnettle8,zlib1g,libsystemd0,libstdc++6,libgcc-s1,procps,acl,jq,munge,slurmctld,slurmd,slurm-client

# why_no_machine: prints the reason why there can be none here; nothing where there can.
why_no_machine() {
  local tool
  (( EUID == 0 )) || { echo "root is needed"; return; }
  for tool in systemd-nspawn mmdebstrap nsenter; do
    command -v "$tool" > /dev/null || { echo "$tool is not here (Debian: systemd-container, mmdebstrap, util-linux)"; return; }
  done
  unshare --mount --pid --fork --uts --ipc --net true 2> /dev/null || { echo "new namespaces are refused"; return; }
  [[ -d /sys/fs/cgroup ]] || echo "no control groups are mounted"
}

# build_machine: the tree, once; about a minute.
build_machine() {
  [[ -e $tree/built && $(< "$tree/built") == "$guest_packages" ]] && return 0
  rm -rf --one-file-system -- "$tree"
  mkdir -p -- "$project/.build"
  mmdebstrap --quiet --variant=minbase --include="$guest_packages" \
    --aptopt='Acquire::Languages "none"' --aptopt='APT::Install-Recommends "false"' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' --dpkgopt=force-unsafe-io \
    --customize-hook='chroot "$1" systemctl mask --quiet console-getty.service getty@.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer fstrim.timer e2scrub_all.timer && chroot "$1" systemctl disable --quiet munge.service slurmctld.service slurmd.service' \
    --customize-hook='mkdir -p "$1/mnt/share"; : > "$1/etc/machine-id"; echo machine > "$1/etc/hostname"' \
    bookworm "$tree" > "$work/build" 2>&1 || { tail -n 3 "$work/build"; return 1; }
  echo "$guest_packages" > "$tree/built"
}

# boot FOLDER: boots; the folder is /mnt/share in the machine.
boot() {
  mkdir -p "$work/units"
  systemd-nspawn --quiet --boot --register=no --keep-unit --directory="$tree" --volatile=overlay --private-network \
    --machine="idinvert-test-$$" --bind="$1:/mnt/share" --console=pipe < /dev/null > "$work/console" 2>&1 &
  machine=$!
  wait_for 60 is_booted || { tail -n 20 "$work/console"; return 1; }
}

leader() { pgrep -P "$machine" | head -n 1; }

# inside COMMAND...: runs a command in the machine.
inside() {
  nsenter --target "$(leader)" --mount --uts --ipc --net --pid -- \
    /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 SYSTEMD_PAGER= DEBIAN_FRONTEND=noninteractive "$@"
}

is_booted() {
  [[ -n $(leader) ]] || return 1
  [[ $(inside systemctl is-system-running 2> /dev/null) =~ ^(running|degraded)$ ]]
}

# shut_down: powers the machine off.
shut_down() {
  [[ -n $machine ]] || return 0
  local guest
  guest=$(leader)
  [[ -z $guest ]] || kill -s RTMIN+4 "$guest" 2> /dev/null
  wait_for 20 bash -c '! kill -0 "$1" 2> /dev/null' - "$machine" || kill -KILL "$machine" 2> /dev/null
  wait "$machine" 2> /dev/null
  machine=
  # nspawn leaves its empty control groups behind.
  find /sys/fs/cgroup -depth -type d \( -name payload -o -name supervisor \) -exec rmdir -- {} + 2> /dev/null
}
