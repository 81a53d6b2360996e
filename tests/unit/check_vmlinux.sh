#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Does check-vmlinux fail where it must? Each case is a header of ours, a kernel's types and a listing.
# check_vmlinux.sh CHECK-VMLINUX: the program under test.
check=$1
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
awk=${0%/*}/../../vmlinux/types.awk
failed=0 count=0

compile() { ${CLANG:-clang} -target bpf -g -O2 -c "$1" -o "$2"; }

# Our header as the Makefile makes it into an object.
our_object() { # TEXT
	printf '%s\n' "$1" >"$scratch/vmlinux.h" && : >"$scratch/flavors.h" &&
		${CLANG:-clang} -target bpf -E -P -x c "$scratch/vmlinux.h" -o "$scratch/types.h" &&
		awk -f "$awk" "$scratch/types.h" >"$scratch/types.c" && compile "$scratch/types.c" "$scratch/ours.o"
}

kernel_object() { # TEXT NAME
	printf '%s\n' "$1" >"$scratch/$2.c" && compile "$scratch/$2.c" "$scratch/$2.o"
}

base='struct inner {
	int number;
};
enum state {
	LIVE = 0,
	GOING = 2,
};
typedef struct {
	unsigned int val;
} id_t;
enum { FIRST = 1, };
struct outer {
	struct inner *in;
	struct inner whole;
	char name[16];
	unsigned long flags;
	id_t id;
	enum state state;
};'
# The kernel has more, in another order, and some of it in structs without a name.
kernel='struct inner {
	long before;
	int number;
};
enum state {
	LIVE = 0,
	COMING = 1,
	GOING = 2,
};
typedef struct {
	unsigned int val;
} id_t;
enum { FIRST = 1 } first;
struct outer {
	union {
		struct {
			long x;
			char name[16];
		};
		long y;
	};
	struct inner whole;
	const struct inner *in;
	unsigned long flags;
	id_t id;
	enum state state;
} outer;'

kernel_object "$kernel" plain || exit 1

# expect STATUS WORDS WHAT OURS THEIRS LISTING [--]: another kernel, 6.9, is always as $kernel says. --: theirs is not of the matrix.
expect() {
	count=$((count + 1))
	printf '%s\n' "$6" >"$scratch/differences"
	# shellcheck disable=SC2086 # nothing, or --
	{
		our_object "$4" && kernel_object "$5" theirs &&
			"$check" "$scratch/ours.o" "$scratch/differences" 6.9="$scratch/plain.o" ${7:-} 5.1="$scratch/theirs.o"
	} >"$scratch/said" 2>&1
	status=$?
	if [ $status != "$1" ] || ! grep -qF -e "$2" "$scratch/said"; then
		echo "check_vmlinux: $3: ended with $status, not $1, or did not say \"$2\" but:"
		sed 's/^/    /' "$scratch/said"
		failed=1
	fi
}

change() { printf '%s\n' "$2" | sed "$1"; }

expect 0 '5.1: 4 types, 11 members, 0 listed differences' 'all is as declared' "$base" "$kernel" ''
expect 1 '5.1: outer.flagz: absent' 'a member that the kernel has not' \
	"$(change 's/ flags;/ flagz;/' "$base")" "$kernel" ''
expect 1 '5.1: inner.number: type: we have int (4 bytes), the kernel has struct' 'a member of another kind' \
	"$base" "$(change 's/int number/struct deep { int x; } number/' "$kernel")" ''
expect 1 '5.1: outer.flags: size: we have unsigned long (8 bytes), the kernel has unsigned int (4 bytes)' \
	'an integer of another size' "$base" "$(change 's/long flags/int flags/' "$kernel")" ''
expect 1 '5.1: inner.number: type' 'an integer of another sign' \
	"$base" "$(change 's/int number/unsigned number/' "$kernel")" ''
expect 1 '5.1: outer.name: size: we have char[16], the kernel has char[8]' 'an array of another length' \
	"$base" "$(change 's/name\[16/name[8/' "$kernel")" ''
expect 1 '5.1: outer.in: type: we have struct inner *, the kernel has enum state' 'a pointer to something else' \
	"$base" "$(change 's/const struct inner \*in/enum state *in/' "$kernel")" ''
expect 1 '5.1: outer.flags: type: we have unsigned long (8 bytes), the kernel has unsigned long (8 bytes) as a bit field' \
	'a bit field' "$base" "$(change 's/long flags;/long flags : 3;/' "$kernel")" ''
expect 1 '5.1: state.GOING: value: we have 2, the kernel has 3' 'an enumerator of another value' \
	"$base" "$(change 's/GOING = 2/GOING = 3/' "$kernel")" ''
expect 1 '5.1: enum.FIRST: value: we have 1, the kernel has 7' 'an enumerator of another value, in an enum without a name' \
	"$base" "$(change 's/FIRST = 1/FIRST = 7/' "$kernel")" ''
expect 1 '5.1: id_t.val: absent' 'a member behind a typedef' "$base" "$(change 's/ val;/ value;/' "$kernel")" ''
expect 1 '5.1: id_t: absent' 'a type that the kernel has not' "$base" "$(change 's/id_t/ident_t/g' "$kernel")" ''
expect 1 'not understood: union' 'a header that types.awk does not understand' \
	"$base
union { int x; } variable;" "$kernel" ''

lacks=$(change 's/unsigned long flags;//' "$kernel")
expect 1 '5.1: outer.flags: absent' 'a difference that is not listed' "$base" "$lacks" ''
expect 0 '5.1: 4 types, 11 members, 1 listed differences' 'a listed difference' \
	"$base" "$lacks" '..6.8 outer.flags absent # since 6.9'
expect 0 '1 listed' 'a difference that depends on the configuration' "$base" "$lacks" 'config outer.flags absent # CONFIG_X'
expect 1 '5.1: outer.flags: absent' 'listed as another difference' "$base" "$lacks" '..6.8 outer.flags size # since 6.9'
expect 1 'differences:1: outer.flags is listed as absent, but on 6.9' 'listed for one kernel too many' \
	"$base" "$lacks" '..6.9 outer.flags absent # since 7.0'
expect 1 'differences:1: outer.flags is listed as absent, but on 5.1' 'a listing that is used no more' \
	"$base" "$kernel" '..6.8 outer.flags absent # since 6.9'
expect 1 'differences:1: unused' 'a listing for no kernel' "$base" "$kernel" '7.0.. outer.flags absent # gone in 7.0'
expect 1 'differences:1: vmlinux/ declares no outer.nothing' 'a listing of what is not declared' \
	"$base" "$kernel" '..6.8 outer.nothing absent # since 6.9'
expect 2 'differences:1: no reason' 'a listing without a reason' "$base" "$lacks" '..6.8 outer.flags absent'
expect 2 'differences:1: not understood' 'a listing that makes no sense' "$base" "$lacks" '..6.8 outer.flags gone # since 6.9'

flavored=$(printf '%s\n' "$base" 'struct outer___old {' ' unsigned long old_flags;' '};')
renamed=$(change 's/ flags;/ old_flags;/' "$kernel")
both=$(change 's/ flags;/ flags, old_flags;/' "$kernel")
listed='..6.8 outer.flags absent # renamed in 6.9
6.9.. outer___old.old_flags absent # renamed in 6.9'
one_of='one-of outer.flags outer___old.old_flags # renamed in 6.9'
expect 0 '5.1: 5 types, 12 members, 1 listed' 'a flavor for the older kernel' "$flavored" "$renamed" "$listed
$one_of"
expect 1 'a flavor'\''s member that no one-of line' 'a flavor of nothing' "$flavored" "$renamed" "$listed"
expect 1 'on 5.1 2 of the layouts are there' 'both layouts at once' "$flavored" "$both" "$(change 1d "$listed")
$one_of"
expect 1 'on 5.1 0 of the layouts are there' 'neither layout' "$flavored" "$lacks" "..6.8 outer.flags absent # x
5.1.. outer___old.old_flags absent # x
$one_of"
expect 1 'no kernel of those compared has it' 'a flavor that no kernel has' "$flavored" "$kernel" \
	"5.1.. outer___old.old_flags absent # x
$one_of"
expect 0 '1 listed' 'the same, and listed' "$flavored" "$kernel" "5.1.. outer___old.old_flags absent # x
$one_of
untested outer___old.old_flags # x"
expect 1 'listed as untested, but a kernel has it' 'a flavor that is tested after all' "$flavored" "$renamed" "$listed
$one_of
untested outer___old.old_flags # x"
expect 0 '5.1: 5 types, 12 members, 1 listed' 'a flavor that a further kernel has' "$flavored" "$renamed" "$listed
$one_of
untested outer___old.old_flags # x" --
expect 1 '5.1: outer.flags: absent' 'a further kernel that differs' "$base" "$lacks" '' --

[ $failed = 0 ] && echo "check_vmlinux: $count cases passed"
exit $failed
